"""How often a heat pump is read, and what each of its polls asks for: all that is due, or a few in turns."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from drivers.model import Model
from drivers.sensor import Options, Sensor

BUSY = 0.9
"""At most this share of an interval is spent asking a machine that answers slowly; the rest is for writes and tests."""


@dataclass(frozen=True, slots=True)
class Pace:
    """One heat pump's. `interval_s` from poll to poll; `slow_s` until a slow sensor is asked for again.

    `fast` are the sensors that every poll asks for. `turns` are the polls that ask for slow ones as well: one, which
    is due every `slow_s`; or several, one after the other without end. A slow sensor is always in the same one, so
    that the polls of a heat pump have few shapes.
    """

    interval_s: float
    slow_s: float
    fast: tuple[Sensor, ...]
    turns: tuple[tuple[Sensor, ...], ...]

    def between_s(self, sensor: Sensor) -> float:
        """From one reading of this sensor to the next."""
        return self.interval_s if sensor.tier == "fast" else self.slow_s


def least_interval_s(model: Model, options: Options) -> float:
    """The shortest interval in which such a machine answers a poll: the fast sensors and any of the slow ones."""
    if not model.reads.answer_s:
        return 0.0
    plan = _Plan(model, options)
    values = max(plan.cost(plan.fast | unit) for unit in [set[str](), *plan.units()])
    return math.ceil(values * model.reads.answer_s / BUSY)


def pace_of(model: Model, options: Options, interval_s: float, slow_interval_s: float) -> Pace:
    """The pace nearest to these intervals that such a machine can keep."""
    interval_s = max(interval_s, least_interval_s(model, options))
    plan = _Plan(model, options)
    most = math.floor(interval_s * BUSY / model.reads.answer_s) if model.reads.answer_s else math.inf
    turns = tuple(plan.poll(ids) for ids in plan.turns(most))
    slow_s = max(interval_s, slow_interval_s) if len(turns) == 1 else interval_s * len(turns)
    return Pace(interval_s, slow_s, model.sensors(options, ("fast",)), turns)


class _Plan:
    """Which sensors of one machine share a poll, by their ids."""

    def __init__(self, model: Model, options: Options) -> None:
        self._sensors = {sensor.id: sensor for sensor in model.sensors(options)}
        self._inputs = {
            sensor.id: sensor.derived.inputs & self._sensors.keys() if sensor.derived else frozenset()
            for sensor in self._sensors.values()
        }
        self.fast = {sensor.id for sensor in self._sensors.values() if sensor.tier == "fast"}

    def poll(self, ids: Collection[str]) -> tuple[Sensor, ...]:
        """In catalogue order."""
        return tuple(sensor for sensor_id, sensor in self._sensors.items() if sensor_id in ids)

    def cost(self, ids: Collection[str]) -> int:
        """How many values a poll of these puts on the wire; a derived one stands for those that it follows from."""
        asked: set[str] = set()
        waiting = list(ids)
        while waiting:
            sensor_id = waiting.pop()
            if sensor_id not in asked:
                asked.add(sensor_id)
                waiting += self._inputs[sensor_id]
        return sum(self._sensors[sensor_id].derived is None for sensor_id in asked)

    def turns(self, most: float) -> Iterator[set[str]]:
        """Everything at once, or polls with at most so many values on the wire."""
        if self.cost(self._sensors) <= most:
            yield set(self._sensors)
            return
        chosen: set[str] = set()
        for unit in self.units():
            if chosen and self.cost(self.fast | chosen | unit) > most:
                yield self.fast | chosen
                chosen = set()
            chosen |= unit
        yield self.fast | chosen

    def units(self) -> list[set[str]]:
        """The slow sensors in groups that are read together: with a derived one, those that it follows from."""
        units = {sensor_id: {sensor_id} for sensor_id in self._sensors if sensor_id not in self.fast}
        for sensor_id in list(units):
            for needed in self._inputs[sensor_id] - self.fast:
                joined = units[sensor_id] | units[needed]
                units |= dict.fromkeys(joined, joined)
        return list({id(unit): unit for unit in units.values()}.values())
