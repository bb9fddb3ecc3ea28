"""The month or year that a page is about, as its address says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask_babel import format_date, gettext

from app import calendar
from app.calendar import Unit
from app.web.parts import system

_MONTH, _YEAR = re.compile(r"(\d{4})-(\d{2})", re.ASCII), re.compile(r"\d{4}", re.ASCII)
ALL, FIRST_DAY, LAST_DAY = "all", date(1971, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Range:
    """What the page is about: all years, a year by its months or a month by its days; UTC seconds."""

    name: str
    unit: Unit
    start: int
    end: int
    earlier: str
    later: str
    before: tuple[int, int]
    """The same of the year before."""


def chosen(wanted: str) -> Range:
    """2026-10, 2026 or all; the year under way for anything else."""
    if wanted == ALL:
        return Range(ALL, "year", _moment(FIRST_DAY), _moment(LAST_DAY), "", "", (0, 0))
    return _range(wanted, datetime.fromtimestamp(system().clock(), UTC).astimezone(_zone()).date())


def last_month() -> str:
    """The month before the one under way: 2026-10."""
    today = datetime.fromtimestamp(system().clock(), UTC).astimezone(_zone()).date()
    return f"{_months_on(today.replace(day=1), -1):%Y-%m}"


def title(of: Range) -> str:
    """October 2026, 2026, or All years"""
    if of.unit == "year":
        return str(gettext("All years"))
    if of.unit == "month":
        return of.name
    month = format_date(date.fromisoformat(f"{of.name}-01"), "LLLL", rebase=False)
    return f"{month} {of.name[:4]}"


def _range(wanted: str, today: date) -> Range:
    month = _MONTH.fullmatch(wanted)
    if month and 1 <= int(month[2]) <= 12 and 1971 <= int(month[1]) <= 9996:
        first = date(int(month[1]), int(month[2]), 1)
        earlier, later = _months_on(first, -1), _months_on(first, 1)
        ago = first.replace(year=first.year - 1)
        before = (_moment(ago), _moment(_months_on(ago, 1)))
        return Range(
            f"{first:%Y-%m}", "day", _moment(first), _moment(later), f"{earlier:%Y-%m}", f"{later:%Y-%m}", before
        )
    year = int(wanted) if _YEAR.fullmatch(wanted) and 1971 <= int(wanted) <= 9996 else today.year
    first = date(year, 1, 1)
    before = (_moment(date(year - 1, 1, 1)), _moment(first))
    return Range(
        str(year), "month", _moment(first), _moment(date(year + 1, 1, 1)), str(year - 1), str(year + 1), before
    )


def _months_on(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _moment(day: date) -> int:
    return calendar.midnight(day, _zone())


def _zone() -> ZoneInfo:
    return ZoneInfo(system().config.timezone)
