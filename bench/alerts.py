"""CPU time that judging 1,000 rules adds to a poll of one of 50 heat pumps, and a back-test over 90 days of four."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from app.alert import Condition
from app.config import Config
from app.polling import pipeline
from app.reading import Reading
from app.store import alerts, heatpumps
from app.store.alerts import Alert
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from bench.figures import Figure
from bench.overview import HEAT_PUMPS, furnish
from drivers.base import Answer, Sample
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout

RULES, ROUNDS = 1000, 40


def measure() -> list[Figure]:
    figures = []
    for spread in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            system = assemble(Config(Path(folder)))
            furnish(system)
            _rules(system, spread)
            with_s, without_s = _poll_s(system, True), _poll_s(system, False)
            system.database.close()
        named = "20 per heat pump" if spread else "all for every heat pump"
        figures.append(Figure(f"{RULES} rules, {named}: CPU per poll", (with_s - without_s) * 1000, "ms", 5))
        figures.append(Figure(f"{RULES} rules, {named}: poll / poll without", with_s / without_s, "x"))
    return figures


def _rules(system: System, spread: bool) -> None:
    pumps = heatpumps.all_of_them(system.database.connection())
    model = system.catalogue.find("idm", "navigator_2_0")
    assert model is not None
    numbers = [s.id for s in model.sensors(pumps[0].options, ("fast",)) if s.kind == "number" and not s.optional]
    with system.database.transaction() as db:
        for number in range(RULES):
            sensor = numbers[number // HEAT_PUMPS % len(numbers)] if spread else numbers[number % len(numbers)]
            kinds = (
                (Condition("threshold", sensor, "above", 90.0 + number, hysteresis=2.0),),
                (Condition("threshold", sensor, "below", -90.0, against="temp_outside"), Condition("error")),
                (Condition("rate", sensor, "rises", 20.0, window_s=600),),
                (Condition("counter", "compressor_on", value=40.0, window_s=86400),),
                (
                    Condition("state", "operating_mode", "is", words=("defrost",)),
                    Condition("no_data", sensor, window_s=900),
                ),
            )
            pump = pumps[number % HEAT_PUMPS].id if spread else None
            alert = Alert(0, pump, None, f"rule {number}", kinds[number % 5], 600, "warning", None, "", True)
            alerts.add(db, alert, 0)


def _poll_s(system: System, watched: bool) -> float:
    """Median CPU time of keeping one reading."""
    pumps = heatpumps.all_of_them(system.database.connection())
    seconds = []
    begun = int(time.time()) + (60 if watched else 6000)
    for round_ in range(ROUNDS):
        pump = pumps[round_ % 4]
        reading = _reading(system, pump, begun + 30 * round_)
        watch = (system.watch, pump) if watched else None
        started = time.thread_time()
        pipeline.keep(system.database, reading, watch=watch)
        seconds.append(time.thread_time() - started)
    return sorted(seconds[8:])[len(seconds[8:]) // 2]  # the first ones read the rules


def _reading(system: System, pump: HeatPump, at: int) -> Reading:
    model = system.catalogue.find(pump.manufacturer, pump.model)
    assert model is not None
    sensors = [sensor for sensor in model.sensors(pump.options, ("fast",)) if not sensor.optional]
    readout = Readout(model, pump.options, Plant(1, start=at))
    return pipeline.reading_of(
        pump.id, at, sensors, Answer({sensor.id: Sample(readout.value(sensor.id), None) for sensor in sensors})
    )
