"""A sensor's course over any range, at a wanted number of points, with its peaks kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from app import calendar
from app.calendar import Unit
from app.messages import Message
from app.store.course import Course
from app.store.database import steady

HOUR_S = 3600


@dataclass(slots=True)
class Series:
    """Buckets of `step_s` seconds (days, months and years: about); `times` are their beginnings in UTC seconds.

    `problems` says what is damaged and therefore left out.
    """

    start: int
    end: int
    step_s: int
    times: list[int]
    courses: list[Course]
    problems: list[Message] = field(default_factory=list)


def read(
    db: sqlite3.Connection,
    heatpump_id: str,
    sensors: Sequence[str],
    *,
    start: int,
    end: int,
    points: int,
    shortest_step_s: int,
    ends: bool = False,
) -> Series:
    """min, mean and max per bucket over start <= time < end; first and last if `ends`.

    Buckets are whole multiples of the step since 1970, so that a live chart does not shimmer; they are never
    shorter than `shortest_step_s` (the poll interval), so that a dense chart has no false gaps. Steps above an hour
    are whole hours, so that hourly roll-ups answer them.
    """
    step_s = step(start, end, points, shortest_step_s)
    edges = [place * step_s for place in range(start // step_s, -(-end // step_s) + 1)]
    return _read(db, heatpump_id, sensors, edges, start, end, step_s, ends=ends)


def step(start: int, end: int, points: int, shortest_step_s: int) -> int:
    """How many seconds a bucket has, wherever the history is read from."""
    step_s = max(shortest_step_s, -(-(end - start) // points), 1)
    return step_s if step_s <= HOUR_S else -(-step_s // HOUR_S) * HOUR_S


def read_calendar(
    db: sqlite3.Connection,
    heatpump_id: str,
    sensors: Sequence[str],
    *,
    start: int,
    end: int,
    unit: Unit,
    zone: tzinfo,
) -> Series:
    """min, mean, max, first and last per day, month or year of a time zone over start <= time < end."""
    edges = calendar.edges(start, end, unit, zone)
    return _read(db, heatpump_id, sensors, edges, start, end, calendar.ABOUT_S[unit], ends=True)


def _read(
    db: sqlite3.Connection,
    heatpump_id: str,
    sensors: Sequence[str],
    edges: list[int],
    start: int,
    end: int,
    step_s: int,
    *,
    ends: bool,
) -> Series:
    from app.store import courses  # numpy costs memory that a process without history need not carry

    with steady(db):
        found, problems = courses.bucketed(db, heatpump_id, sensors, edges, start, end, ends=ends)
    return Series(start, end, step_s, edges[:-1], found, problems)
