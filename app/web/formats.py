"""Numbers and times as people of the reader's language write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from flask_babel import format_date, format_decimal, get_timezone

from app.web.languages import current


def number(value: float | int, decimals: int) -> str:
    """1234.5 → 1,234.5 or 1.234,5; always with this many decimals, and never -0."""
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(str(value)).quantize(step, ROUND_HALF_UP) + 0  # + 0 takes the sign from a negative zero
    return str(format_decimal(rounded, "#,##0." + "0" * decimals if decimals else "#,##0"))


def moment(at: float, now: float) -> str:
    """14:03 today; 5 Nov, 14:03 on other days, with the year when it was another one."""
    then, today = _local(at), _local(now)
    if then.date() == today.date():
        return f"{then:%H:%M}"
    pattern = "d. MMM" if current() == "de" else "d MMM"
    if then.year != today.year:
        pattern += " y"
    return f"{format_date(then, pattern, rebase=False)}, {then:%H:%M}"


def day(of: date) -> str:
    """5 Nov 2026 or 5. Nov. 2026."""
    return str(format_date(of, "d. MMM y" if current() == "de" else "d MMM y", rebase=False))


def weekday_and_moment(at: float) -> str:
    """Mon, 23 Nov, 06:30"""
    then = _local(at)
    return f"{format_date(then, 'EEE, d. MMM' if current() == 'de' else 'EEE, d MMM', rebase=False)}, {then:%H:%M}"


def clock(at: float) -> str:
    """14:03:20"""
    return f"{_local(at):%H:%M:%S}"


def _local(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(get_timezone())
