"""What a rule can be about: the sensors of one heat pump, or of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.alert import ANOMALY
from app.services import heatpumps, models
from app.store import columns
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.sensor import Sensor


@dataclass(frozen=True, slots=True)
class Watchable:
    """A sensor that a rule can be about. `sensor`: None for one that is computed here; `words`: its states."""

    id: str
    sensor: Sensor | None
    numeric: bool
    words: tuple[str, ...]


def of(system: System, heatpump_id: str | None) -> dict[str, Watchable]:
    """By id, in the order of the catalogue. Without any heat pump yet: everything in the catalogue."""
    pumps = heatpumps.all_of_them(system) if heatpump_id is None else [heatpumps.get(system, heatpump_id)]
    found: dict[str, Watchable] = {}
    for pump in pumps:
        for each in _of_pump(system, pump):
            found.setdefault(each.id, each)
    if not pumps:
        for model in system.catalogue:
            for sensor in model.every_sensor.values():
                if sensor.readable:
                    found.setdefault(sensor.id, _watchable(sensor))
    found.setdefault(ANOMALY, Watchable(ANOMALY, None, True, ()))
    return found


def catalogued(system: System) -> dict[str | None, Mapping[str, Sensor]]:
    """heat pump → what the catalogue says about its sensors; None → about those of any, without one: of any model."""
    found: dict[str | None, Mapping[str, Sensor]] = {}
    of_any: dict[str, Sensor] = {}
    for pump in heatpumps.all_of_them(system):
        found[pump.id] = system.sensors_of(pump)
        of_any = {**found[pump.id], **of_any}
    if not found:
        for model in system.catalogue:
            of_any = {**model.every_sensor, **of_any}
    return {**found, None: of_any}


def _of_pump(system: System, pump: HeatPump) -> Iterable[Watchable]:
    model = models.of(system, pump)
    if model is None:
        return
    for each in model.sensors(pump.options):
        yield _watchable(each)
    for column in columns.of(system.database.connection(), pump.id):
        if column.sensor not in model.every_sensor:
            yield Watchable(column.sensor, None, column.storage != "text", ())


def _watchable(sensor: Sensor) -> Watchable:
    words = tuple(dict.fromkeys(sensor.states.values()))
    if sensor.kind == "switch" and not words:
        words = ("0", "1")
    numeric = not sensor.states and sensor.type not in ("text", "ascii2")
    return Watchable(sensor.id, sensor, numeric, words)
