"""A sensor's course over any range, at a wanted number of points, with its peaks kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.reading import Value
from app.store import readings


@dataclass(slots=True)
class Course:
    """One sensor, one entry per bucket, None where nothing was read; `text` is the last one of a text sensor."""

    sensor: str
    low: list[float | int | None]
    mean: list[float | None]
    high: list[float | int | None]
    text: list[str | None]


@dataclass(slots=True)
class Series:
    """Buckets of `step_s` seconds; `times` are their beginnings in UTC seconds."""

    start: int
    end: int
    step_s: int
    times: list[int]
    courses: list[Course]


@dataclass(slots=True)
class _Bucket:
    low: float | int | None = None
    high: float | int | None = None
    total: float = 0.0
    count: int = 0
    text: str | None = None

    def add(self, value: Value) -> None:
        if isinstance(value, str):
            self.text = value
        elif value is not None:
            self.low = value if self.low is None or value < self.low else self.low
            self.high = value if self.high is None or value > self.high else self.high
            self.total += value
            self.count += 1

    @property
    def mean(self) -> float | None:
        return round(self.total / self.count, 6) if self.count else None


def read(
    db: sqlite3.Connection,
    heatpump_id: str,
    sensors: Sequence[str],
    *,
    start: int,
    end: int,
    points: int,
    shortest_step_s: int,
) -> Series:
    """min, mean and max per bucket over start <= time < end.

    Buckets are whole multiples of the step since 1970, so that a live chart does not shimmer; they are never
    shorter than `shortest_step_s` (the poll interval), so that a dense chart has no false gaps.
    """
    step_s = step(start, end, points, shortest_step_s)
    first = start // step_s
    number = -(-end // step_s) - first
    buckets = [[_Bucket() for _ in range(number)] for _ in sensors]
    for at, values in readings.samples(db, heatpump_id, sensors, start, end):
        place = at // step_s - first
        for row, value in zip(buckets, values, strict=True):
            row[place].add(value)
    courses = [_course(sensor, row) for sensor, row in zip(sensors, buckets, strict=True)]
    return Series(start, end, step_s, [(first + index) * step_s for index in range(number)], courses)


def step(start: int, end: int, points: int, shortest_step_s: int) -> int:
    """How many seconds a bucket has, wherever the history is read from."""
    return max(shortest_step_s, -(-(end - start) // points), 1)


def _course(sensor: str, buckets: Iterable[_Bucket]) -> Course:
    course = Course(sensor, [], [], [], [])
    for bucket in buckets:
        course.low.append(bucket.low)
        course.mean.append(bucket.mean)
        course.high.append(bucket.high)
        course.text.append(bucket.text)
    return course
