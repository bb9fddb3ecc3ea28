"""How often a heat pump is read, and what each of its polls asks for: all that is due, or a few in turns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from drivers.model import Model, Options, Sensor

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
    """The shortest interval in which such a machine answers a poll: the fast sensors and one of the slow ones."""
    if not model.reads.answer_s:
        return 0.0
    values = len(model.sensors(options, ("fast",))) + 1
    return math.ceil(values * model.reads.answer_s / BUSY)


def pace_of(model: Model, options: Options, interval_s: float, slow_interval_s: float) -> Pace:
    """The pace nearest to these intervals that such a machine can keep."""
    interval_s = max(interval_s, least_interval_s(model, options))
    fast = model.sensors(options, ("fast",))
    turns = _turns(model.sensors(options), _room(model, interval_s, len(fast)))
    slow_s = max(interval_s, slow_interval_s) if len(turns) == 1 else interval_s * len(turns)
    return Pace(interval_s, slow_s, fast, turns)


def _room(model: Model, interval_s: float, fast: int) -> int | None:
    """How many slow sensors a poll may ask for; None where it may ask for all."""
    if not model.reads.answer_s:
        return None
    return max(1, math.floor(interval_s * BUSY / model.reads.answer_s) - fast)


def _turns(sensors: Sequence[Sensor], room: int | None) -> tuple[tuple[Sensor, ...], ...]:
    slow = [sensor.id for sensor in sensors if sensor.tier == "slow"]
    if room is None or len(slow) <= room:
        return (tuple(sensors),)
    size = math.ceil(len(slow) / math.ceil(len(slow) / room))
    groups = [frozenset(slow[first : first + size]) for first in range(0, len(slow), size)]
    return tuple(tuple(sensor for sensor in sensors if sensor.tier == "fast" or sensor.id in group) for group in groups)
