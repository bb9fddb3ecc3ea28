"""What a heat pump took and gave: a year by months, a month by days or one day, its cycles, its curve, and advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.messages import Invalid
from app.services import heatpumps
from app.store.heatpumps import HeatPump
from app.web import drawing, periods
from app.web.access import controlling, signed_in
from app.web.drawing import Bars, Column
from app.web.heatpumps import pages
from app.web.languages import opening
from app.web.parts import system
from app.web.periods import Range

if TYPE_CHECKING:
    from app.services.figures import Span


@pages.get("/<heatpump_id>/analysis")
@signed_in
def analysis(heatpump_id: str) -> ResponseReturnValue:
    return _page(heatpumps.get(system(), heatpump_id))


@pages.post("/<heatpump_id>/metering")
@controlling
def answer_metering(heatpump_id: str) -> ResponseReturnValue:
    from app.services import metering

    pump = heatpumps.get(system(), heatpump_id)
    sent: dict[str, Any] = {name: request.form.get(name) for name in ("source", "backup_heater", "source_pump")}
    sent["building_pumps"] = {"yes": True, "no": False}.get(request.form.get("building_pumps", ""))
    try:
        metering.answer(system(), pump, sent)
    except Invalid as error:
        return _page(pump, error), 400
    return redirect(url_for("heatpumps.analysis", heatpump_id=heatpump_id))


def _page(pump: HeatPump, error: Invalid | None = None) -> str:
    # numpy, which figures are made with, is loaded by the first who looks at some
    from app.services import figures, metering
    from app.web import insight

    wanted = request.args.get("period", "")
    chosen = periods.one_day(wanted) or periods.chosen(wanted)
    spans = figures.by(system(), pump, chosen.unit, chosen.start, chosen.end)
    before = figures.by(system(), pump, chosen.unit, *chosen.before)
    whole = figures.over(system(), pump, chosen.start, chosen.end)
    demand = figures.demand(system(), pump, chosen.start, chosen.end)
    answers = metering.of(system(), pump)
    first = figures.first_day(system(), pump)
    return render_template(
        "heatpumps/analysis.html",
        pump=pump,
        insight=insight,
        chosen=chosen,
        now=system().clock(),
        title=periods.title(chosen),
        spans=[(_label(span, chosen), span) for span in spans],
        whole=whole,
        before=figures.over(system(), pump, *chosen.before) if before else None,
        drawn=_bars(pump, spans, before, chosen) if spans and not chosen.is_day else None,
        hours=_hours(pump, chosen) if chosen.is_day else None,
        curve=_curve(whole),
        demand=demand,
        demand_drawn=_demand(demand.points, demand.line) if demand.points else None,
        advice=figures.advised(system(), pump),
        advice_days=figures.ADVICE_DAYS,
        answers=answers,
        first=None if first is None else figures.local_date(system(), first),
        today=figures.local_date(system(), figures.today(system())),
        local=lambda at: figures.local_date(system(), at),
        weather=figures.weather(system(), pump, chosen.start, chosen.end, chosen.before[0]),
        error=None if error is None else opening(error.message),
    )


def _label(span: Span, chosen: Range) -> str:
    from app.services import figures
    from app.web import insight

    day = figures.local_date(system(), span.since)
    return {"year": str(day.year), "month": insight.month(day), "day": str(day.day)}[chosen.unit]


def _bars(pump: HeatPump, spans: Sequence[Span], before: Sequence[Span], chosen: Range) -> Bars:
    """Heat and electricity per month or day, heat of the year before beside them, and the COP as a dot."""
    from app.services import figures
    from app.web import insight

    ago = {_place(figures.local_date(system(), span.since), chosen): span for span in before}
    columns = []
    for span in spans:
        day = figures.local_date(system(), span.since)
        label, earlier = _label(span, chosen), ago.get(_place(day, chosen))
        heat, electric = span.period.heat.kwh, span.period.electric.kwh
        amounts = [
            ("electric", electric, f"{label}: {gettext('Electricity')} {insight.kwh(electric)} kWh"),
            ("heat", heat, f"{label}: {gettext('Heat')} {insight.kwh(heat)} kWh"),
        ]
        if before:
            was = None if earlier is None else earlier.period.heat.kwh
            amounts.append(("before", was, f"{label}: {gettext('Heat a year before')} {insight.kwh(was)} kWh"))
        cop = span.period.factor.value
        period = {"year": f"{day:%Y}", "month": f"{day:%Y-%m}", "day": f"{day}"}[chosen.unit]
        address = url_for("heatpumps.analysis", heatpump_id=pump.id, period=period)
        dot = None if cop is None else (cop, f"{label}: COP {insight.ratio(cop)}")
        columns.append(Column(label, tuple(amounts), dot, address))
    return drawing.bars(columns)


def _hours(pump: HeatPump, chosen: Range) -> Bars | None:
    """The electricity of each hour of one day; None where it is not known by the hour."""
    from app.services import figures
    from app.web import insight

    told = figures.profile(system(), pump, chosen.start, chosen.end)
    columns = [
        Column(f"{hour}", (("electric", kwh, f"{hour}:00: {gettext('Electricity')} {insight.kwh(kwh)} kWh"),), None)
        for hour, kwh in enumerate(told)
    ]
    return drawing.bars(columns) if columns else None


def _place(day: date, chosen: Range) -> int:
    return day.month if chosen.unit == "month" else day.day


def _curve(whole: Span) -> drawing.Scatter | None:
    from app.web import insight

    curve: Mapping[int, tuple[float, float]] = whole.period.curve
    if len(curve) < 2:
        return None
    return drawing.scatter(
        [
            (
                float(outdoor),
                flow,
                f"{outdoor} °C: {insight.rounded(flow)} °C ({insight.rounded(hours)} h)",
            )
            for outdoor, (hours, flow) in curve.items()
        ]
    )


def _demand(points: Sequence[tuple[float, float]], line: Any) -> drawing.Scatter:
    from app.web import insight

    drawn = [(x, y, f"{insight.rounded(x)} K: {insight.rounded(y)} kW") for x, y in points]
    if line is None:
        return drawing.scatter(drawn, from_zero=True)
    most = max(x for x, _ in points)
    corners = [(min(line.balance_k, most), 0.0), (most, line.at(most))]
    return drawing.scatter(drawn, corners, from_zero=True)
