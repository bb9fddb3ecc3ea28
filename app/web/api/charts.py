"""/api/series: what one chart is drawn from, in one answer: several heat pumps, and the same period before."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.messages import Invalid, Message
from app.services import chart_courses, course, models
from app.services.chart_courses import Amounts, Wanted
from app.store.course import Course
from app.store.series import Series
from app.web import visible
from app.web.access import signed_in
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, whole_number
from app.web.api.series import columns, number, points_wanted, unit_of
from app.web.api.shapes import dashboards as shapes
from app.web.languages import opening
from app.web.parts import system

LONGEST_SHIFT_S = 10 * 366 * 86_400


@interface.get("/series")
@signed_in
@described("What one chart is drawn from", shapes.CoursesOfMany, asks=shapes.AskedOfMany)
def series_of_many() -> ResponseReturnValue:
    """?sensor=hp-001/temp_flow (repeatable) ?from= ?to= ?points= or ?by=, ?earlier= seconds."""
    pumps = {pump.id: (pump, models.of(system(), pump)) for pump in visible.heat_pumps()}
    wanted = chart_courses.grouped(pumps, request.args.getlist("sensor"))
    start, end = number("from"), number("to")
    shift = whole_number("earlier", None)
    if shift is not None and not 1 <= shift <= LONGEST_SHIFT_S:
        raise Invalid(
            "earlier",
            "%(value)s is not a number from %(least)g to %(most)g",
            value=shift,
            least=1,
            most=LONGEST_SHIFT_S,
        )
    problems: list[Message] = []
    begin, stop = int(start // 1), int(-(-end // 1))
    content: dict[str, Any] = {"from": begin, "to": stop, "series": _all(wanted, begin, stop, problems)}
    if shift is not None:
        content["earlier"] = _all(wanted, begin - shift, stop - shift, problems) if begin >= shift else []
    return answer(content | {"problems": [opening(each) for each in dict.fromkeys(problems)]})


def _all(wanted: list[Wanted], start: int, end: int, problems: list[Message]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for each in wanted:
        amounts: list[Amounts | None] = [None] * len(each.sensors)
        if "by" in request.args:
            series, amounts = chart_courses.read_by(system(), each, start, end, request.args["by"])
        else:
            series = chart_courses.read(system(), each, start, end, points_wanted())
        problems += series.problems
        found += [
            _shown(each, series, course_of, amount) for course_of, amount in zip(series.courses, amounts, strict=True)
        ]
    return found


def _shown(wanted: Wanted, series: Series, each: Course, amount: Amounts | None) -> dict[str, Any]:
    assert wanted.model is not None  # else no sensor would have been known
    latest = system().latest.of(wanted.pump.id).get(each.sensor)
    return {
        "heatpump_id": wanted.pump.id,
        "sensor": each.sensor,
        "unit": unit_of(wanted.model, each.sensor),
        "gap_s": course.gap_s(system(), wanted.pump, wanted.model, each.sensor),
        "step_s": series.step_s,
        "t": series.times,
        **columns(each),
        **({} if amount is None else {"amount": amount}),
        "latest": None if latest is None else {"value": latest.value, "at": latest.since},
    }
