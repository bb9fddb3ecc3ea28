"""Heat pumps side by side: figures over the same dates, curves, months, the usual day, and one sensor of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.messages import Invalid, Message, Sentence
from app.store.heatpumps import HeatPump
from app.web import compare_course, drawing, drawing_many, periods, visible
from app.web.access import signed_in
from app.web.drawing import Bars, Column
from app.web.languages import opening
from app.web.parts import categories, system
from app.web.periods import Range

if TYPE_CHECKING:
    from app.services.comparison import Compared, Comparison

pages = Blueprint("compare", __name__, url_prefix="/compare")

BASES: Mapping[str, Callable[[], str]] = {
    "total": lambda: gettext("as a whole"),
    "kwh": lambda: gettext("per kWh of heat"),
    "m2": lambda: gettext("per m² heated"),
    "degree_day": lambda: gettext("per degree day"),
}
KEPT = ("period", "per", "sensor", "first", "second")
"""What the address says beside the heat pumps."""
HOURS = (0.0, 4.0, 8.0, 12.0, 16.0, 20.0, 24.0)
WITHOUT_DAYS_S = 7 * 86_400
"""How far back one sensor is drawn of heat pumps that have no closed day in common yet."""


@pages.get("/")
@signed_in
def page() -> ResponseReturnValue:
    """`heatpump` two to eight times, and what KEPT names."""
    # numpy, which figures are made with, is loaded by the first who compares
    from app.services import comparison

    every = visible.heat_pumps()
    asked = list(dict.fromkeys(request.args.getlist("heatpump")))
    known = {pump.id for pump in every}
    ids, gone = [each for each in asked if each in known], [each for each in asked if each not in known]
    choice = periods.chosen(request.args.get("period", ""))
    per = request.args.get("per", "")
    per = per if per in BASES else "total"
    content: dict[str, Any] = {
        "every": every,
        "ids": ids,
        "chosen": choice,
        "per": per,
        "bases": BASES,
        "categories": categories(),
        "title": periods.title(choice),
        "now": system().clock(),
        "query": lambda **more: _query(ids, more),
        "carried": lambda *but: _carried(ids, but),
        "gone": Message("%(names)s: not there any more", {"names": ", ".join(gone)[:200]}) if gone else None,
        "found": None,
        "error": None,
        "fewest": comparison.FEWEST,
        "most": comparison.MOST,
    }
    if not asked:
        return render_template("compare/page.html", **content)
    try:
        pumps = comparison.chosen(every, ids if len(asked) <= comparison.MOST else asked)
    except Invalid as error:
        return _refused(content, error.message, 404 if gone and len(ids) < comparison.FEWEST else 400)
    found = comparison.compare(system(), pumps, choice.start, choice.end, choice.unit)
    return render_template("compare/page.html", **content | _shown(found, choice, per) | _course(pumps, found, choice))


def _refused(content: Mapping[str, Any], why: Sentence, code: int) -> ResponseReturnValue:
    return render_template("compare/page.html", **{**content, "error": opening(why)}), code


def _query(ids: Sequence[str], more: Mapping[str, str]) -> str:
    """The address of this page with something else in it."""
    return urlencode([(name, text) for name, text in _carried(ids, tuple(more))] + list(more.items()))


def _carried(ids: Sequence[str], but: Sequence[str]) -> list[tuple[str, str]]:
    """What a form or a link of the page takes along, but what it says itself."""
    kept = [(name, request.args.get(name, "")[:100]) for name in KEPT if name not in but]
    pumps = [] if "heatpump" in but else [("heatpump", each) for each in ids]
    return pumps + [(name, text) for name, text in kept if text]


def _shown(found: Comparison, choice: Range, per: str) -> dict[str, Any]:
    from app.services import comparison, figures
    from app.web import compare_table, insight

    first, last = (figures.local_date(system(), at) for at in (found.start, max(found.end - 1, found.start)))
    warnings = list(found.warnings) + (comparison.without_area(found.compared) if per == "m2" else [])
    return {
        "found": found,
        "warnings": warnings,
        "rows": compare_table.rows(found.compared, per),
        "curves": _curves(found.compared),
        "lines": [(each.pump.name, _line(each)) for each in found.compared],
        "lifts": _lifts(found.compared),
        "bars": _bars(found.compared, choice),
        "profile": _profiles(found.compared),
        "days": (insight.day(first), insight.day(last)),
        "months": _months(choice) if choice.unit == "month" else (),
    }


def _months(year: Range) -> list[tuple[str, str]]:
    """The months of a year that have begun: what the address says, and their names."""
    from app.services import figures
    from app.web import insight

    until = figures.local_date(system(), min(year.end - 1, int(system().clock())))
    first = figures.local_date(system(), year.start)
    return [
        (f"{first.year}-{each:02d}", insight.month(first.replace(month=each))) for each in range(1, until.month + 1)
    ]


def _course(pumps: Sequence[HeatPump], found: Comparison, choice: Range) -> dict[str, Any]:
    """One sensor of all from the first day in common on, up to now; of heat pumps without one, the last week."""
    now = int(system().clock())
    end = max(choice.start + 1, min(choice.end, now))
    start = found.start if found.compared else max(choice.start, end - WITHOUT_DAYS_S)
    return compare_course.of(pumps, start, end)


def _line(each: Compared) -> str:
    """What the line through a heating curve says; empty where there is none."""
    from app.web import insight

    if each.line is None:
        return ""
    return str(
        gettext(
            "%(flow)s °C at 0 °C outdoors, %(slope)s K for each kelvin colder",
            flow=insight.rounded(each.line.at_zero),
            slope=insight.rounded(-each.line.slope, 2),
        )
    )


def _curves(compared: Sequence[Compared]) -> drawing_many.Many | None:
    from app.web import insight

    return drawing_many.many(
        [
            [
                (float(outdoor), flow, f"{each.pump.name}, {outdoor} °C: {insight.rounded(flow)} °C")
                for outdoor, (_, flow) in each.span.period.curve.items()
            ]
            for each in compared
        ],
        [
            []
            if each.line is None
            else [(outdoor, each.line.at(outdoor)) for outdoor in (each.line.coldest, each.line.warmest)]
            for each in compared
        ],
    )


def _lifts(compared: Sequence[Compared]) -> drawing_many.Many | None:
    """The COP of each day over how far the heat was lifted."""
    from app.services import figures
    from app.web import insight

    def words(each: Compared, since: int, lift: float, cop: float) -> str:
        day = insight.day(figures.local_date(system(), since))
        return f"{each.pump.name}, {day}: {insight.rounded(lift)} K, COP {insight.ratio(cop)}"

    return drawing_many.many(
        [[(lift, cop, words(each, since, lift, cop)) for since, lift, cop in each.lifts] for each in compared]
    )


def _profiles(compared: Sequence[Compared]) -> drawing_many.Many | None:
    from app.web import insight

    lists = [
        [
            (float(hour), kw, f"{each.pump.name}, {hour}:00: {insight.rounded(kw, 2)} kW")
            for hour, kw in enumerate(each.profile)
        ]
        for each in compared
    ]
    return drawing_many.many(lists, from_zero=True, across=HOURS)


def _bars(compared: Sequence[Compared], choice: Range) -> Bars | None:
    """The COP of each, month by month or day by day."""
    from app.services import figures
    from app.web import insight

    begins = sorted({span.since for each in compared for span in each.spans})
    columns = []
    for since in begins:
        day = figures.local_date(system(), since)
        label = {"year": str(day.year), "month": insight.month(day), "day": str(day.day)}[choice.unit]
        amounts = []
        for place, each in enumerate(compared, 1):
            span = next((span for span in each.spans if span.since == since), None)
            cop = None if span is None else span.period.factor.value
            amounts.append((f"pump-{place}", cop, f"{each.pump.name}, {label}: {insight.ratio(cop)}"))
        columns.append(Column(label, tuple(amounts), None))
    if all(amount is None for column in columns for _, amount, _ in column.amounts):
        return None
    return drawing.bars(columns)
