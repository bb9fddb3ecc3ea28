"""How often a register that wears may be written: what was used, what is left, and how long its cell lasts."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.calendar import DAY_S
from app.config import Config
from app.messages import Message
from app.store import audit
from drivers.model import Model
from drivers.sensor import Sensor

PAUSE_S = 60
"""The least between two writes of one register."""

YEAR_S = 365 * DAY_S
SHORTEST_SPAN_S = 30 * DAY_S
"""A rate is never computed from less: two writes on the first day are not seven hundred a year."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Of one register: writes of the last 24 hours and 365 days with their allowances, and the cell's prospects.

    `last_at` and `free_at` in UTC seconds; `free_at` is when the next write is allowed, None when it is now.
    `endurance` and `lasts_years` are None where the maker states no figure or nothing was written yet.
    """

    day: int
    daily: int
    year: int
    yearly: int
    last_at: int | None
    free_at: int | None
    endurance: int | None
    lasts_years: float | None

    @property
    def left_today(self) -> int:
        return max(0, min(self.daily - self.day, self.yearly - self.year))


def of(db: sqlite3.Connection, config: Config, heatpump_id: str, model: Model, sensor: Sensor, now: int) -> Budget:
    """What is left for a register that wears; `now` in UTC seconds."""
    times = audit.times_reached(db, heatpump_id, sensor.id, now - YEAR_S + 1)
    day = len(times) - bisect_left(times, now - DAY_S + 1)
    return Budget(
        day=day,
        daily=config.writes_per_day,
        year=len(times),
        yearly=config.writes_per_year,
        last_at=times[-1] if times else None,
        free_at=_free_at(times, config, now),
        endurance=model.writes.endurance,
        lasts_years=_lasts_years(times, model.writes.endurance, now),
    )


def wears(sensor: Sensor) -> bool:
    return sensor.write is not None and sensor.write.wear == "eeprom"


def complaint(budget: Budget, now: int) -> Message | None:
    """Why the register may not be written now, or None."""
    if budget.last_at is not None and now - budget.last_at < PAUSE_S:
        wait_s = PAUSE_S - (now - budget.last_at)
        return Message(
            "it was written less than %(pause)d s ago; try again in %(seconds)d s",
            {"pause": PAUSE_S, "seconds": wait_s},
        )
    if budget.day >= budget.daily:
        return Message(
            "it was written %(count)d times in 24 hours, and no more are allowed, because each write wears its memory",
            {"count": budget.day},
        )
    if budget.year >= budget.yearly:
        return Message(
            "it was written %(count)d times in a year, and no more are allowed, because each write wears its memory",
            {"count": budget.year},
        )
    return None


def schedule_complaint(config: Config, sensor: Sensor, runs: Sequence[int]) -> Message | None:
    """Why writes at these times (UTC seconds, best those of a whole year) would break the budget, or None."""
    if not wears(sensor):
        return None
    times = sorted(runs)
    if any(later - before < PAUSE_S for before, later in pairwise(times)):
        return Message("it would be written again within %(pause)d s", {"pause": PAUSE_S})
    most, allowed = _most_within(times, DAY_S), config.writes_per_day
    if most > allowed:
        facts = {"count": most, "allowed": allowed}
        return Message("it would be written %(count)d times in 24 hours; %(allowed)d are allowed", facts)
    most, allowed = _most_within(times, YEAR_S), config.writes_per_year
    if most > allowed:
        facts = {"count": most, "allowed": allowed}
        return Message("it would be written %(count)d times in a year; %(allowed)d are allowed", facts)
    return None


def _most_within(times: Sequence[int], span_s: int) -> int:
    return max((bisect_left(times, at + span_s) - index for index, at in enumerate(times)), default=0)


def _free_at(times: Sequence[int], config: Config, now: int) -> int | None:
    """When the pause, the day's and the year's allowance all let a write through again."""
    free = now
    if times:
        free = max(free, times[-1] + PAUSE_S)
    for span_s, allowed in ((DAY_S, config.writes_per_day), (YEAR_S, config.writes_per_year)):
        if len(times) >= allowed:
            free = max(free, times[-allowed] + span_s)
    return None if free <= now else free


def _lasts_years(times: Sequence[int], endurance: int | None, now: int) -> float | None:
    if endurance is None or not times:
        return None
    span = min(YEAR_S, max(SHORTEST_SPAN_S, now - times[0]))
    return endurance / (len(times) * YEAR_S / span)
