"""/api/heatpumps/<id>/series: the course of some sensors, at as many points as a chart can draw."""

from __future__ import annotations

import math
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.messages import Invalid
from app.services import course, heatpumps, models
from app.store.course import Course
from app.web.access import signed_in
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer
from app.web.api.shapes import values as shapes
from app.web.languages import opening
from app.web.parts import system
from drivers.model import Model

USUAL_POINTS = 1000


@interface.get("/heatpumps/<heatpump_id>/series")
@signed_in
@described("The course of some sensors", shapes.Courses, asks=shapes.Asked)
def series(heatpump_id: str) -> ResponseReturnValue:
    pump = heatpumps.get(system(), heatpump_id)
    model = models.of(system(), pump)
    sensors = [name for name in dict.fromkeys(request.args.get("sensors", "").split(",")) if name]
    start, end = math.floor(number("from")), math.ceil(number("to"))
    if "by" in request.args:
        found = course.read_calendar(system(), pump, model, sensors, start, end, request.args["by"])
    else:
        found = course.read(system(), pump, model, sensors, start, end, points_wanted())
    assert model is not None  # else no sensor would have been known
    return answer(
        {
            "from": found.start,
            "to": found.end,
            "step_s": found.step_s,
            "problems": [opening(problem) for problem in found.problems],
            "series": [
                {
                    "sensor": each.sensor,
                    "unit": unit_of(model, each.sensor),
                    "gap_s": course.gap_s(system(), pump, model, each.sensor),
                    "t": found.times,
                    **columns(each),
                }
                for each in found.courses
            ],
        }
    )


def unit_of(model: Model, sensor_id: str) -> str:
    known = course.sensor(model, sensor_id)
    return "" if known is None else known.unit


def points_wanted() -> int:
    points = number("points") if "points" in request.args else USUAL_POINTS
    if points != int(points):
        raise Invalid("points", "%(value)s is not a whole number", value=request.args["points"])
    return int(points)


def columns(each: Course) -> dict[str, Any]:
    if any(text is not None for text in each.text):
        return {"text": each.text, "min": None, "mean": None, "max": None}
    return {"min": each.low, "mean": each.mean, "max": each.high}


def number(name: str) -> float:
    given = request.args.get(name, "")
    try:
        number = float(given)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Invalid(name, "%(value)s is not a number", value=given or "–")
    return number
