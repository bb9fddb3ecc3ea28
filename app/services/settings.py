"""Everything that can be set at a heat pump, each with its value, its cost, and what was done to it last."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.messages import Message
from app.services import values, write_budget
from app.services.values import Current
from app.services.write_budget import Budget
from app.store import audit, holds, settings_log, write_rules
from app.store.audit import Entry
from app.store.heatpumps import HeatPump
from app.store.holds import Hold
from app.store.settings_log import Change
from app.system import System
from drivers.model import Model
from drivers.sensor import Sensor

MAIN = (
    "system_mode",
    "temp_hot_water_target",
    "temp_room_target",
    "heating_curve",
    "temp_flow_target",
    "hot_water_boost",
)
"""What owners change most, by ids of the vocabulary, also of a circuit or zone; the most asked for first."""
HOUSEHOLD, FEW = ("state", "hot_water", "circuits", "zones"), 3
"""Where a model has hardly any of these, others of these categories stand in, temperatures first."""
MOST_ALIKE = 2
"""Of several circuits the first ones: all others stand among all settings."""


@dataclass(frozen=True, slots=True)
class Setting:
    """`budget` is there when writing wears; `hold` while a value is in force, `trouble` when it is not as it should be.

    `last` is the last write through us, `change` how the value came about. `permitted`: two sources describe the
    register, or the owner wants to write it all the same.
    """

    current: Current
    budget: Budget | None
    hold: Hold | None
    trouble: Message | None
    last: Entry | None
    permitted: bool
    change: Change | None

    @property
    def sensor(self) -> Sensor:
        return self.current.sensor

    @property
    def silent(self) -> bool:
        """This machine says nothing there, so it is not worth a place among those that do."""
        held = self.sensor.write is not None and self.sensor.write.held
        return self.current.value is None and self.sensor.readable and not held


@dataclass(frozen=True, slots=True)
class Group:
    """The settings of one category."""

    category: str
    settings: tuple[Setting, ...]
    silent: tuple[Setting, ...]


def of(system: System, pump: HeatPump, model: Model) -> list[Setting]:
    """Every setting of this heat pump, in catalogue order."""
    sensors = [each for each in model.every_sensor.values() if each.write is not None and each.fitted(pump.options)]
    return _described(system, pump, model, sensors)


def main_ones(system: System, pump: HeatPump, model: Model, most: int) -> tuple[list[Setting], int]:
    """What people change most, and every value that is held; beside them how many settings there are."""
    every = [each for each in model.every_sensor.values() if each.write is not None and each.fitted(pump.options)]
    held = holds.of(system.database.connection(), pump.id)
    samples = system.latest.of(pump.id)
    told = {sensor_id for sensor_id, sample in samples.items() if sample.value is not None}
    chosen = [sensor for sensor in every if sensor.id in held]
    for name in MAIN:
        alike = re.compile(rf"{name}(_(circuit|zone)_\w+)?")
        found = [each for each in every if alike.fullmatch(each.id) and each.id in told and each not in chosen]
        chosen += found[:MOST_ALIKE]
    if len(chosen) < FEW:
        others = [each for each in every if each.id in told and each.category in HOUSEHOLD and each not in chosen]
        chosen += sorted(others, key=lambda each: each.unit != "°C")[: FEW - len(chosen)]
    chosen = chosen[: max(most, len(held))]
    return _described(system, pump, model, chosen), len(every)


def one(system: System, pump: HeatPump, model: Model, sensor: Sensor) -> Setting:
    return _described(system, pump, model, [sensor])[0]


def grouped(settings: Iterable[Setting], categories: Iterable[str]) -> list[Group]:
    """By category, in the given order of categories."""
    found: dict[str, list[Setting]] = {}
    for setting in settings:
        found.setdefault(setting.sensor.category, []).append(setting)
    return [
        Group(
            category,
            tuple(each for each in found[category] if not each.silent),
            tuple(each for each in found[category] if each.silent),
        )
        for category in categories
        if category in found
    ]


def _described(system: System, pump: HeatPump, model: Model, sensors: Iterable[Sensor]) -> list[Setting]:
    db = system.database.connection()
    samples, why = system.latest.of(pump.id), values.problems(system, pump.id)
    held, permits, last = holds.of(db, pump.id), write_rules.permitted(db, pump.id), audit.last_changes(db, pump.id)
    changed = settings_log.last_changes(db, pump.id)
    now = int(system.clock())
    found = []
    for sensor in sensors:
        sample = samples.get(sensor.id)
        value, at = (sample.value, sample.at) if sample else (None, None)
        wears = write_budget.wears(sensor)
        found.append(
            Setting(
                Current(sensor, value, at, why.get(sensor.id)),
                write_budget.of(db, system.config, pump.id, model, sensor, now) if wears else None,
                held.get(sensor.id),
                system.holding.troubles.get((pump.id, sensor.id)),
                last.get(sensor.id),
                sensor.confirmed or sensor.id in permits,
                changed.get(sensor.id),
            )
        )
    return found
