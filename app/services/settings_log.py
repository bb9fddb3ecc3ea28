"""What was set when and by whom, what the settings were on a day, and how two days differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from app.messages import Invalid
from app.reading import Value
from app.services import moments
from app.store import settings_log
from app.store.heatpumps import HeatPump
from app.store.settings_log import Change, Setting
from app.system import System

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting on two days; None where it was not known then."""

    sensor: str
    first: Value
    second: Value


def changes(system: System, pump: HeatPump, most: int, before: int | None = None) -> list[Change]:
    """The newest changes; `before` goes on after the change of this number."""
    return settings_log.changes(system.database.connection(), pump.id, min(most, MOST_AT_ONCE), before)


def known_since(system: System, pump: HeatPump) -> int | None:
    """UTC seconds of the first setting that was kept."""
    return settings_log.first_at(system.database.connection(), pump.id)


def on(system: System, pump: HeatPump, field: str, day: str) -> Mapping[str, Setting]:
    """sensor → its value at the end of this day (2026-01-31), or now for an empty one. Raises Invalid."""
    if not day.strip():
        return _lasting(system, pump, int(system.clock()) + 1)
    end = moments.border(field, day.strip(), system.config.timezone, end=True)
    found = _lasting(system, pump, end)
    if not found:
        raise Invalid(field, "nothing is known about the settings of %(day)s", day=day.strip()[:40])
    return found


def _lasting(system: System, pump: HeatPump, before: int) -> Mapping[str, Setting]:
    """What was set just before this time; what the machine moves by itself was already something else by then."""
    moving = {sensor.id for sensor in system.sensors_of(pump).values() if sensor.write and sensor.write.moves_by_itself}
    found = settings_log.snapshot(system.database.connection(), pump.id, before)
    return {sensor: value for sensor, value in found.items() if sensor not in moving}


def differences(system: System, pump: HeatPump, first: str, second: str) -> list[Difference]:
    """What differs between the ends of two days, in the order of the catalogue. Raises Invalid."""
    before, after = on(system, pump, "first", first), on(system, pump, "second", second)
    order = [*system.sensors_of(pump), *sorted(before.keys() | after.keys())]
    return [
        Difference(sensor, before.get(sensor), after.get(sensor))
        for sensor in dict.fromkeys(order)
        if before.get(sensor) != after.get(sensor)
    ]


def as_yaml(system: System, pump: HeatPump, day: str) -> str:
    """The settings at the end of this day (now for an empty one), for an archive or a comparison. Raises Invalid."""
    found = on(system, pump, "day", day)
    order = [sensor for sensor in system.sensors_of(pump) if sensor in found]
    content = {
        "heatpump": {"id": pump.id, "name": pump.name, "model": f"{pump.manufacturer}/{pump.model}"},
        "day": day.strip() or moments.written(int(system.clock())),
        "settings": {sensor: found[sensor] for sensor in dict.fromkeys([*order, *sorted(found)])},
    }
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    return text
