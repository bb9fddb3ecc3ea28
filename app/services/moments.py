"""Times as people and other programs write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from math import floor
from zoneinfo import ZoneInfo

from app.messages import Invalid

LATEST_TIME = 253_402_300_799
"""The last second of the year 9999."""

_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]+)?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


class NoMoment(ValueError):
    """A text is no time; the message says what would be."""


def written(at: int) -> str:
    """2026-11-21T21:52:00Z"""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def exact(text: str) -> int:
    """UTC seconds of `1732225920` or of an ISO 8601 time with its zone, rounded down. Raises NoMoment."""
    if _SECONDS.fullmatch(text):
        return _in_range(text, floor(float(text)))
    found = _iso(text)
    if found.tzinfo is None:
        raise NoMoment(f"{text!r} has no time zone, such as Z or +01:00")
    return _in_range(text, _seconds(found))


def border(field: str, text: str, timezone: str, end: bool = False) -> int:
    """UTC seconds of one end of a period; a time without a zone is one of `timezone`.

    A date alone is its first second; as the `end`, the first second of the day after. Raises Invalid.
    """
    try:
        if _SECONDS.fullmatch(text):
            return exact(text)
        found = _iso(text)
        if _DATE.fullmatch(text):
            day = found.date() + timedelta(days=1 if end else 0)
            found = datetime.combine(day, time(), ZoneInfo(timezone))
        elif found.tzinfo is None:
            found = found.replace(tzinfo=ZoneInfo(timezone))
        return _in_range(text, _seconds(found))
    except (NoMoment, OverflowError):
        raise Invalid(
            field,
            "%(value)s is neither a date such as 2026-01-31 nor a time such as 2026-01-31T06:00",
            value=text or "–",
        ) from None


def _iso(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise NoMoment(f"{text!r} is neither a time such as 2026-01-31T06:00:00Z nor seconds since 1970") from None


def _seconds(moment: datetime) -> int:
    try:
        return floor(moment.timestamp())
    except (OverflowError, ValueError):
        raise NoMoment(f"{moment.isoformat()} is out of range") from None


def _in_range(text: str, at: int) -> int:
    if not 0 <= at <= LATEST_TIME:
        raise NoMoment(f"{text!r} is not between 1970 and 9999")
    return at
