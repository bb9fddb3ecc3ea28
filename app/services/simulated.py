"""Trying the product out: simulated heat pumps, marked as such, with a day of past."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.messages import Conflict, Message, Unavailable
from app.polling import pipeline
from app.reading import Reading
from app.services import heatpumps, models
from app.simulation import address_of
from app.store import readings
from app.store.heatpumps import HeatPump
from app.store.simulated import Life
from app.system import System
from drivers.base import Answer, Sample
from drivers.derive import with_derived
from drivers.model import Model
from drivers.sensor import Options
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout

HOUSES = (
    (Message("Terraced house (simulated)"), "idm", "navigator_2_0"),
    (Message("Workshop (simulated)"), "luxtronik", "luxtronik_2_1"),
    (Message("Kindergarten (simulated)"), "nibe", "s_series"),
)
"""What they are called, and their models. The name says everywhere, also in messages, that they are not real."""

PAST_S, PAST_STEP_S, SETTINGS_EVERY = 86_400, 300, 24


def begin(system: System, names: Sequence[str]) -> list[HeatPump]:
    """One heat pump per name, in the order of `HOUSES`. Raises Conflict beside others, Unavailable without a port."""
    if heatpumps.all_of_them(system):
        raise Conflict("name", "simulated heat pumps are offered only while there is no other heat pump")
    now = int(system.clock())
    return [
        _move_in(system, name, models.get(system, manufacturer, model), Life(number, now - PAST_S))
        for number, (name, (_, manufacturer, model)) in enumerate(zip(names, HOUSES, strict=True), 1)
    ]


def _move_in(system: System, name: str, model: Model, life: Life) -> HeatPump:
    options = model.default_options()
    try:
        simulator = system.simulation.serve(model, options, life)
    except OSError as error:
        raise Unavailable("no simulated heat pump can be served: %(reason)s", reason=str(error)) from error
    sent = {"name": name, "manufacturer": model.manufacturer, "model": model.id, "device_config": dict(options)}
    try:
        pump = heatpumps.add(system, sent | {"connection_config": dict(address_of(simulator))})
    except BaseException:
        simulator.stop()
        raise
    system.simulation.take(pump.id, simulator, life)
    with system.database.transaction() as db:
        for reading in _past(pump.id, model, options, life):
            readings.add(db, reading)
    return pump


def _past(heatpump_id: str, model: Model, options: Options, life: Life) -> Iterator[Reading]:
    """What polls since its birth would have read: measured values each time, settings every two hours."""
    plant = Plant(life.seed, start=life.born_at)
    readout = Readout(model, options, plant)
    everything = [sensor for sensor in model.sensors(options) if sensor.derived or sensor.id in readout.sensors]
    measured = [sensor for sensor in everything if sensor.tier == "fast"]
    for number, at in enumerate(range(life.born_at, life.born_at + PAST_S, PAST_STEP_S)):
        plant.advance(at)
        sensors = everything if number % SETTINGS_EVERY == 0 else measured
        samples = dict.fromkeys(model.registers, Sample(None, None))
        samples |= {each.id: Sample(readout.value(each.id), None) for each in sensors if each.derived is None}
        yield pipeline.reading_of(heatpump_id, at, sensors, with_derived(sensors, Answer(samples)))
