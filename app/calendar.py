"""Days, months and years of the owner's time zone, as UTC seconds."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Literal

Unit = Literal["day", "month", "year"]

DAY_S = 86400
ABOUT_S: dict[Unit, int] = {"day": DAY_S, "month": 30 * DAY_S, "year": 365 * DAY_S}


def begin(at: int, unit: Unit, zone: tzinfo) -> int:
    """When the day, month or year began in which this moment lies."""
    local = datetime.fromtimestamp(at, zone)
    return _moment(local.year, local.month if unit != "year" else 1, local.day if unit == "day" else 1, zone)


def end(at: int, unit: Unit, zone: tzinfo) -> int:
    """When the next one begins. A day has 23, 24 or 25 hours."""
    local = datetime.fromtimestamp(at, zone)
    if unit == "year":
        return _moment(local.year + 1, 1, 1, zone)
    if unit == "month":
        return _moment(local.year + local.month // 12, local.month % 12 + 1, 1, zone)
    tomorrow = datetime.fromordinal(local.toordinal() + 1)
    return _moment(tomorrow.year, tomorrow.month, tomorrow.day, zone)


def edges(start: int, until: int, unit: Unit, zone: tzinfo) -> list[int]:
    """The beginnings of all that have a moment in start <= moment < until, and the end of the last one."""
    found = [begin(start, unit, zone)]
    while found[-1] < until:
        found.append(end(found[-1], unit, zone))
    return found


def midnight(day: date, zone: tzinfo) -> int:
    """When this day begins."""
    return _moment(day.year, day.month, day.day, zone)


def _moment(year: int, month: int, day: int, zone: tzinfo) -> int:
    return int(datetime(year, month, day, tzinfo=zone).timestamp())
