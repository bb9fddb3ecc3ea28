"""/api/heatpumps/<id>/figures, /advice and /metering: what a heat pump took and gave, and what that includes."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast, get_args
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue

from app import calendar
from app.calendar import Unit
from app.messages import Invalid
from app.services import heatpumps
from app.services.metering import Answers
from app.web import visible
from app.web.access import controlling, signed_in
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import figures as shapes
from app.web.languages import opening
from app.web.parts import system

if TYPE_CHECKING:
    from app.services.figures import Span

LATEST_TIME = 253_339_228_799
"""The last second of the year 9997, as for courses."""


@interface.get("/heatpumps/<heatpump_id>/figures")
@signed_in
@described("Energies and performance per day, month or year", shapes.Figures, asks=shapes.FiguresWanted)
def figures(heatpump_id: str) -> ResponseReturnValue:
    """Per day, month or year; `from` and `to` are widened to whole days."""
    from app.services import figures as service  # numpy is loaded by the first who looks at figures
    from app.services import metering

    pump = heatpumps.get(system(), heatpump_id)
    start, end = _days()
    unit = request.args.get("by", "month")
    if unit not in get_args(Unit):
        raise Invalid("by", "%(value)s is not one of %(choices)s", value=unit, choices=", ".join(get_args(Unit)))
    answers = metering.of(system(), pump)
    return answer(
        {
            "boundary": None if answers is None else answers.boundary,
            "figures": [_figures(span) for span in service.by(system(), pump, cast("Unit", unit), start, end)],
        }
    )


@interface.get("/compare")
@signed_in
@described("Two to eight heat pumps over the days that all of them have", shapes.Comparison, asks=shapes.CompareWanted)
def compare() -> ResponseReturnValue:
    """Several heat pumps over the days that all of them have within `from` and `to`."""
    from app.services import comparison

    pumps = comparison.chosen(visible.heat_pumps(), request.args.getlist("heatpump"))
    start, end = _days()
    found = comparison.compare(system(), pumps, start, end, "month")
    return answer(
        {
            "from": found.start,
            "to": found.end,
            "warnings": [opening(each) for each in found.warnings],
            "heatpumps": [
                {
                    "id": each.pump.id,
                    "name": each.pump.name,
                    "boundary": each.boundary,
                    "figures": _figures(each.span),
                    "months": [_figures(span) for span in each.spans],
                    "heat_per_degree_day": each.heat_per_degree_day,
                    "electric_per_degree_day": each.electric_per_degree_day,
                    "heated_area": each.pump.heated_area,
                    "per_kwh": asdict(comparison.amounts(each, "kwh")),
                    "per_m2": asdict(comparison.amounts(each, "m2")),
                    "profile": each.profile,
                    "curve_line": None if each.line is None else asdict(each.line),
                    "lifts": each.lifts,
                }
                for each in found.compared
            ],
        }
    )


@interface.get("/heatpumps/<heatpump_id>/advice")
@signed_in
@described("What needs somebody", shapes.Advice)
def advice(heatpump_id: str) -> ResponseReturnValue:
    from app.services import figures as service
    from app.web import insight

    pump = heatpumps.get(system(), heatpump_id)
    found = service.advised(system(), pump)
    return answer({"advice": [{**asdict(each), "text": insight.words(each)} for each in found]})


@interface.get("/heatpumps/<heatpump_id>/metering")
@signed_in
@described("What its figures include", shapes.Metering)
def metering(heatpump_id: str) -> ResponseReturnValue:
    from app.services import metering as service

    return answer(_metering(service.of(system(), heatpumps.get(system(), heatpump_id))))


@interface.put("/heatpumps/<heatpump_id>/metering")
@controlling
@described("Say what its figures include", shapes.Metering, sends=Answers)
def answer_metering(heatpump_id: str) -> ResponseReturnValue:
    from app.services import metering as service

    return answer(_metering(service.answer(system(), heatpumps.get(system(), heatpump_id), sent_object())))


def _metering(answers: Answers | None) -> dict[str, Any]:
    return (
        {"answers": None, "boundary": None}
        if answers is None
        else {
            "answers": asdict(answers),
            "boundary": answers.boundary,
        }
    )


def _figures(span: Span) -> dict[str, Any]:
    whole = span.period
    return {
        "from": span.since,
        "to": span.until,
        "days": whole.days,
        "known_days": whole.known,
        "electric": asdict(whole.electric),
        "heat": asdict(whole.heat),
        "factor": asdict(whole.factor),
        "cop": dict(whole.cops),
        "standby": whole.standby,
        "negative_heat": whole.negative_heat,
        "temp_flow": whole.flow,
        "temp_outside": whole.outdoor_weighted,
        "lift": whole.lift,
        "carnot_percent": whole.carnot_percent,
        "starts": whole.starts,
        "starts_per_day": whole.starts_per_day,
        "median_run_s": whole.median_run_s,
        "median_period_s": whole.median_period_s,
        "short_cycling": whole.short_cycling,
        "defrosts": whole.defrosts,
        "defrost_s": whole.defrost_s,
        "defrost_share": whole.defrost_share,
        "backup_s": whole.backup_s,
        "backup_warm_s": whole.backup_warm_s,
        "curve": [[outdoor, hours, flow] for outdoor, (hours, flow) in whole.curve.items()],
        "suspicions": dict(whole.suspicions),
        "cost": span.cost.money,
        "co2_kg": span.cost.co2_kg,
    }


def _days() -> tuple[int, int]:
    """`from` and `to`, widened to whole days. Raises Invalid."""
    start, end = _time("from"), _time("to")
    if start >= end:
        raise Invalid("from", "%(start)d is not before %(end)d (to)", start=start, end=end)
    zone = ZoneInfo(system().config.timezone)
    return calendar.begin(start, "day", zone), calendar.end(end - 1, "day", zone)


def _time(name: str) -> int:
    given = request.args.get(name, "")
    try:
        number = float(given)
    except ValueError:
        number = math.nan
    if not (math.isfinite(number) and 0 <= number <= LATEST_TIME):
        raise Invalid(name, "%(value)s is not a time in seconds since 1970", value=given or "–")
    return math.floor(number)
