"""Heat pumps side by side: figures over the same dates, curves, months, the usual day, and one sensor of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.messages import Invalid
from app.services import models
from app.store.heatpumps import HeatPump
from app.web import drawing, drawing_many, money, periods, visible
from app.web.access import signed_in
from app.web.drawing import Bars, Column
from app.web.formats import number
from app.web.languages import opening
from app.web.parts import system
from app.web.periods import Range
from drivers.model import Sensor

if TYPE_CHECKING:
    from app.services.comparison import Compared, Comparison

pages = Blueprint("compare", __name__, url_prefix="/compare")

USUAL_SENSOR = "temp_flow"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of all: its label and unit, what stands in each column, and the second less the first of two."""

    label: str
    unit: str
    cells: tuple[str, ...]
    difference: str | None = None


@pages.get("/")
@signed_in
def page() -> ResponseReturnValue:
    # numpy, which figures are made with, is loaded by the first who compares
    from app.services import comparison

    ids = request.args.getlist("heatpump")
    choice = periods.chosen(request.args.get("period", ""))
    content: dict[str, Any] = {"every": visible.heat_pumps(), "ids": ids, "chosen": choice, "error": None}
    content |= {"title": periods.title(choice), "now": system().clock(), "query": lambda **more: _query(ids, **more)}
    if not ids:
        return render_template("compare/page.html", **content, found=None)
    try:
        pumps = comparison.chosen(system(), ids)
    except Invalid as error:
        return render_template("compare/page.html", **content | {"error": opening(error.message)}, found=None), 400
    found = comparison.compare(system(), pumps, choice.start, choice.end, choice.unit)
    return render_template("compare/page.html", **content, **_shown(found, choice), **_course(pumps))


def _query(ids: Sequence[str], **more: str) -> str:
    return urlencode([*(("heatpump", each) for each in ids), *more.items()])


def _shown(found: Comparison, choice: Range) -> dict[str, Any]:
    from app.services import figures
    from app.web import insight

    first, last = (figures.local_date(system(), at) for at in (found.start, max(found.end - 1, found.start)))
    return {
        "found": found,
        "rows": _rows(found.compared),
        "curves": _curves(found.compared),
        "bars": _bars(found.compared, choice),
        "profile": _profiles(found.compared),
        "days": (insight.day(first), insight.day(last)),
    }


def _rows(compared: Sequence[Compared]) -> list[Row]:
    from app.web import insight

    def numbers(label: str, unit: str, decimals: int, of: Callable[[Compared], float | None]) -> Row:
        values = [of(each) for each in compared]
        difference = None
        if len(values) == 2:
            first, second = values
            difference = "–" if first is None or second is None else _signed(second - first, decimals)
        return Row(label, unit, tuple(insight.rounded(value, decimals) for value in values), difference)

    def words(label: str, of: Callable[[Compared], str]) -> Row:
        return Row(label, "", tuple(of(each) for each in compared), "" if len(compared) == 2 else None)

    return [
        numbers(gettext("Seasonal performance factor, COP"), "", 2, lambda each: each.span.period.factor.value),
        words(gettext("Hidden because"), lambda each: insight.why_hidden(each.span)),
        words(gettext("Boundary"), lambda each: each.boundary or gettext("not said")),
        numbers(gettext("Heat"), "kWh", 0, lambda each: each.span.period.heat.kwh),
        words(gettext("Heat, source"), lambda each: insight.SOURCES[each.span.period.heat.source]()),
        numbers(gettext("Electricity"), "kWh", 0, lambda each: each.span.period.electric.kwh),
        words(gettext("Electricity, source"), lambda each: insight.SOURCES[each.span.period.electric.source]()),
        numbers(gettext("Space heating per degree day"), "kWh/(K·d)", 2, lambda each: each.heat_per_degree_day),
        numbers(gettext("COP for the house"), "", 2, lambda each: each.span.period.cops.get("space")),
        numbers(gettext("COP for hot water"), "", 2, lambda each: each.span.period.cops.get("hot_water")),
        numbers(gettext("Flow, weighted with heat"), "°C", 1, lambda each: each.span.period.flow),
        numbers(gettext("Outdoors, weighted with heat"), "°C", 1, lambda each: each.span.period.outdoor_weighted),
        numbers(gettext("Starts a day"), "", 1, lambda each: each.span.period.starts_per_day),
        numbers(gettext("Defrosts"), "", 0, lambda each: each.span.period.defrosts),
        numbers(gettext("Cost of electricity"), money.sign(), 2, lambda each: each.span.cost.money),
        words(gettext("Known of the time"), lambda each: insight.share(each.span.period.factor.coverage)),
    ]


def _signed(value: float, decimals: int) -> str:
    text = number(value, decimals)
    return f"+{text}" if value > 0 and any(sign in "123456789" for sign in text) else text


def _curves(compared: Sequence[Compared]) -> drawing_many.Many | None:
    from app.web import insight

    return drawing_many.many(
        [
            [
                (float(outdoor), flow, f"{each.pump.name}, {outdoor} °C: {insight.rounded(flow)} °C")
                for outdoor, (_, flow) in each.span.period.curve.items()
            ]
            for each in compared
        ]
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
    return drawing_many.many(lists, from_zero=True)


def _bars(compared: Sequence[Compared], choice: Range) -> Bars | None:
    """The COP of each, month by month or day by day."""
    from app.services import figures
    from app.web import insight

    begins = sorted({span.since for each in compared for span in each.spans})
    columns = []
    for since in begins:
        day = figures.local_date(system(), since)
        label = insight.month(day) if choice.unit == "month" else str(day.day)
        amounts = []
        for place, each in enumerate(compared, 1):
            span = next((span for span in each.spans if span.since == since), None)
            cop = None if span is None else span.period.factor.value
            amounts.append((f"pump-{place}", cop, f"{each.pump.name}, {label}: {insight.ratio(cop)}"))
        columns.append(Column(label, tuple(amounts), None))
    if all(amount is None for column in columns for _, amount, _ in column.amounts):
        return None
    return drawing.bars(columns)


def _course(pumps: Sequence[HeatPump]) -> dict[str, Any]:
    """What the chart of one sensor needs: those that several have, and where each course comes from."""
    common: dict[str, Sensor] = {}
    owners: dict[str, list[HeatPump]] = {}
    for pump in pumps:
        model = models.of(system(), pump)
        for sensor in () if model is None else model.sensors(pump.options):
            known = common.setdefault(sensor.id, sensor)
            if not sensor.tells_words and known.unit == sensor.unit:
                owners.setdefault(sensor.id, []).append(pump)
    shared = [sensor for name, sensor in common.items() if len(owners.get(name, ())) >= 2]
    wanted = request.args.get("sensor", USUAL_SENSOR)
    chosen = next((sensor for sensor in shared if sensor.id == wanted), shared[0] if shared else None)
    return {
        "sensors": sorted(shared, key=lambda sensor: sensor.category),
        "sensor": chosen,
        "courses": []
        if chosen is None
        else [
            {"place": pumps.index(pump), "name": pump.name, "from": url_for("api.series", heatpump_id=pump.id)}
            for pump in owners[chosen.id]
        ],
    }
