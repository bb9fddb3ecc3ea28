"""Hours that come again: at night, or on some days of the week, in the owner's time zone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta, tzinfo

EVERY_DAY = frozenset(range(7))


def end(from_minute: int, to_minute: int, weekdays: Collection[int], now: int, zone: tzinfo) -> int | None:
    """When the hours end in which this moment lies (UTC seconds); None when it lies in none.

    Minutes after midnight on the clock, also on days of 23 and 25 hours; hours that end before they begin end on the
    next day, and belong to the weekday (0 = Monday) on which they begin. The same minute twice is the whole day.
    """
    local = datetime.fromtimestamp(now, zone)
    for back in (1, 0):
        day = (local - timedelta(days=back)).date()
        if day.weekday() not in weekdays:
            continue
        over_midnight = to_minute <= from_minute
        begins = _moment(day, from_minute, zone)
        ends = _moment(day + timedelta(days=1) if over_midnight else day, to_minute, zone)
        if begins <= now < ends:
            return ends
    return None


def _moment(day: date, minute: int, zone: tzinfo) -> int:
    return int(datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=zone).timestamp())
