"""The performance of a heat pump on its card: figures as they are written, and why one is hidden."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask_babel import format_date, gettext

from app.services.overview import Performance
from app.web.formats import moment, number
from app.web.languages import current
from app.web.parts import system

if TYPE_CHECKING:
    from app.analysis.energy import Amount

NOTHING = "–"
LEAST_COVERAGE = 0.8
NOW_HIDDEN: Mapping[str, Callable[[], str]] = {
    "too little known": lambda: gettext("less than 15 of the last 30 minutes are known"),
    "not running": lambda: gettext("not running"),
    "not believable": lambda: gettext("heat and electricity do not fit together now"),
}
YEAR_HIDDEN: Mapping[str, Callable[[], str]] = {
    "no electricity": lambda: gettext("the electricity is not known"),
    "no heat": lambda: gettext("the heat is not known"),
    "too little known": lambda: gettext("less than four fifths of the time are known"),
    "nothing drawn": lambda: gettext("no electricity was drawn"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure: its key in the interface, label, text, unit, and a note (what it includes, or why it is hidden)."""

    key: str
    label: str
    text: str
    unit: str = ""
    note: str = ""


def shown(performance: Performance) -> list[Shown]:
    return [_now(performance), *_today(performance), _year(performance)]


def plain(performance: Performance) -> dict[str, Any]:
    """The same for programs, and for the script that refreshes a card."""
    glimpse = performance.glimpse
    factor = None if glimpse is None else glimpse.factor
    return {
        "cop_now": performance.now.value,
        "electric_today": None if glimpse is None else known(glimpse.electric),
        "heat_today": None if glimpse is None else known(glimpse.heat),
        "today_until": None if glimpse is None else glimpse.until,
        "factor": None if factor is None else factor.value,
        "factor_since": None if glimpse is None else glimpse.since,
        "boundary": performance.boundary,
        "texts": {each.key: {"text": each.text, "note": each.note} for each in shown(performance)},
    }


def _now(performance: Performance) -> Shown:
    now = performance.now
    text = NOTHING if now.value is None else number(now.value, 2)
    note = "" if now.hidden is None else NOW_HIDDEN[now.hidden]()
    return Shown("cop_now", gettext("COP now"), text, note=note)


def _today(performance: Performance) -> list[Shown]:
    glimpse = performance.glimpse
    amounts = (
        {"heat": None, "electric": None} if glimpse is None else {"heat": glimpse.heat, "electric": glimpse.electric}
    )
    labels = {"heat": gettext("Heat today"), "electric": gettext("Electricity today")}
    found = []
    for kind, amount in amounts.items():
        kwh = None if amount is None else known(amount)
        if amount is None or glimpse is None:
            note = gettext("being computed")
        elif kwh is not None:
            note = gettext("until %(time)s", time=moment(glimpse.until, system().clock()))
        elif amount.kwh is None:
            note = gettext("not known")
        else:
            note = YEAR_HIDDEN["too little known"]()
        found.append(Shown(f"{kind}_today", labels[kind], NOTHING if kwh is None else _kwh(kwh), "kWh", note))
    return found


def _year(performance: Performance) -> Shown:
    glimpse = performance.glimpse
    factor = None if glimpse is None else glimpse.factor
    label = gettext("Factor of the year")
    if factor is None or glimpse is None or glimpse.since is None:
        note = gettext("being computed") if glimpse is None else gettext("from tomorrow on")
        return Shown("factor", label, NOTHING, note=note)
    if factor.hidden is not None:
        return Shown("factor", label, NOTHING, note=YEAR_HIDDEN[factor.hidden]())
    first = datetime.fromtimestamp(glimpse.since, ZoneInfo(system().config.timezone)).date()
    since = gettext("since %(day)s", day=format_date(first, "d. MMM" if current() == "de" else "d MMM", rebase=False))
    boundary = gettext("boundary not said") if performance.boundary is None else performance.boundary
    return Shown("factor", label, number(factor.value or 0.0, 2), note=f"{boundary}, {since}")


def known(amount: Amount) -> float | None:
    """Hidden where too little of today is known."""
    return amount.kwh if amount.kwh is not None and amount.coverage >= LEAST_COVERAGE else None


def _kwh(value: float) -> str:
    return number(value, 1 if abs(value) < 100 else 0)
