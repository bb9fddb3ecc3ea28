"""The fields that bound an account or a token: until when, and which heat pumps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import format_date

from app import calendar
from app.messages import Invalid
from app.services import checks
from app.store.among import Among
from app.web.languages import current
from app.web.parts import system

FIELDS = ("expires", "heatpumps")
"""Of a JSON body: the last day, and a list of ids; null for none and for all."""


def expiry() -> int | None:
    """The end of the day that was chosen, in UTC seconds; None for an empty field. Raises Invalid."""
    text = request.form.get("expires", "").strip()
    return _end_of(text) if text else None


def expiry_of(sent: Mapping[str, Any]) -> int | None:
    """The same of a JSON body. Raises Invalid."""
    day = sent.get("expires")
    return None if day is None else _end_of(checks.text("expires", day))


def _end_of(text: str) -> int:
    """Raises Invalid."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1971 <= day.year <= 9990:
        raise Invalid("expires", "%(value)s is not a day, such as 2026-01-31", value=text[:50])
    return calendar.midnight(day + timedelta(days=1), ZoneInfo(system().config.timezone))


def last_day(expires_at: int | None) -> str:
    """The last day on which it counts, as a field takes it."""
    if expires_at is None:
        return ""
    return datetime.fromtimestamp(expires_at - 1, ZoneInfo(system().config.timezone)).date().isoformat()


def last_day_in_words(expires_at: int) -> str:
    """22 December 2026"""
    pattern = "d. MMMM y" if current() == "de" else "d MMMM y"
    return str(format_date(date.fromisoformat(last_day(expires_at)), pattern, rebase=False))


def heatpumps_of(sent: Mapping[str, Any]) -> Among:
    """The same of a JSON body. Raises Invalid."""
    ids = sent.get("heatpumps")
    return None if ids is None else frozenset(checks.texts("heatpumps", ids))


def heatpumps() -> Among:
    """Those that were ticked, or all of them."""
    return frozenset(request.form.getlist("seen")) if request.form.get("sees") == "some" else None
