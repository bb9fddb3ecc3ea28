"""The last day of every heat pump's flow temperature, in memory by the half hour: what a spark line is drawn of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

from app.reading import Reading, Value

STEP_S, STEPS = 1800, 48
SPAN_S = STEP_S * STEPS
SENSORS = ("temp_flow", "temp_flow_circuit_a")
"""The second stands in where a machine has no flow sensor of its own."""


@dataclass(frozen=True, slots=True)
class Step:
    """What was read in one half hour, in the sensor's unit."""

    low: float
    mean: float
    high: float


@dataclass(frozen=True, slots=True)
class Course:
    """One entry per half hour, oldest first, the one under way last; None where nothing was read."""

    sensor: str
    steps: tuple[Step | None, ...]


@dataclass(slots=True)
class _Sum:
    low: float
    high: float
    total: float
    count: int

    def add(self, value: float) -> None:
        self.low, self.high = min(self.low, value), max(self.high, value)
        self.total += value
        self.count += 1


class Trend:
    """Filled by every reading, and once from the history; whoever fills it takes turns."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str], dict[int, _Sum]] = {}
        self._begun: dict[str, int] = {}

    def put(self, reading: Reading) -> None:
        for column, value in zip(reading.columns, reading.values, strict=True):
            if column.sensor in SENSORS and _is_number(value):
                self._begun.setdefault(reading.heatpump_id, reading.at)
                self._add(reading.heatpump_id, column.sensor, reading.at, float(value))

    def lead_in(self, heatpump_id: str, sensor: str, earlier: Iterable[tuple[int, Value]]) -> None:
        """What was read before this program was started; call it once."""
        begun = self._begun.get(heatpump_id)
        for at, value in earlier:
            if _is_number(value) and (begun is None or at < begun):
                self._add(heatpump_id, sensor, at, float(value))

    def forget(self, heatpump_id: str) -> None:
        for sensor in SENSORS:
            self._sums.pop((heatpump_id, sensor), None)
        self._begun.pop(heatpump_id, None)

    def of(self, heatpump_id: str, now: float) -> Course | None:
        """The day up to `now` (UTC seconds); None when nothing was read in it."""
        last = int(now) // STEP_S
        for sensor in SENSORS:
            sums = self._sums.get((heatpump_id, sensor), {})
            steps = tuple(_step(sums.get(place)) for place in range(last - STEPS + 1, last + 1))
            if any(steps):
                return Course(sensor, steps)
        return None

    def _add(self, heatpump_id: str, sensor: str, at: int, value: float) -> None:
        sums, place = self._sums.setdefault((heatpump_id, sensor), {}), at // STEP_S
        known = sums.get(place)
        if known is not None:
            known.add(value)
            return
        sums[place] = _Sum(value, value, value, 1)
        while len(sums) > 2 * STEPS:
            del sums[min(sums)]


def _step(found: _Sum | None) -> Step | None:
    return None if found is None else Step(found.low, found.total / found.count, found.high)


def _is_number(value: Value) -> TypeGuard[float | int]:
    return isinstance(value, int | float)
