"""The month or year that a page is about, as its address says it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date, gettext

from app import calendar
from app.calendar import Unit
from app.web.languages import current
from app.web.parts import system

_MONTH, _YEAR = re.compile(r"(\d{4})-(\d{2})", re.ASCII), re.compile(r"\d{4}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
ALL, FIRST_DAY, LAST_DAY = "all", date(1971, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Range:
    """What the page is about: all years, a year by its months, a month by its days, or one day; UTC seconds."""

    name: str
    unit: Unit
    start: int
    end: int
    earlier: str
    later: str
    before: tuple[int, int]
    """The same of the year before."""

    @property
    def is_day(self) -> bool:
        return _DAY.fullmatch(self.name) is not None


def one_day(wanted: str) -> Range | None:
    """2026-10-31; None for anything else."""
    if not _DAY.fullmatch(wanted):
        return None
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        return None
    if not FIRST_DAY < day < date(9996, 1, 1):
        return None
    after = day + timedelta(days=1)
    ago = (day - timedelta(days=1) if (day.month, day.day) == (2, 29) else day).replace(year=day.year - 1)
    before = (_moment(ago), _moment(ago + timedelta(days=1)))
    return Range(f"{day}", "day", _moment(day), _moment(after), f"{day - timedelta(days=1)}", f"{after}", before)


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
    """31 October 2026, October 2026, 2026, or All years"""
    if of.is_day:
        pattern = "EEEE, d. MMMM y" if current() == "de" else "EEEE, d MMMM y"
        return str(format_date(date.fromisoformat(of.name), pattern, rebase=False))
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
