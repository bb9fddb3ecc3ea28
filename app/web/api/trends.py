"""/api/heatpumps/<id>/trends: the last day of every number at once, by the hour; for small drawings beside values."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.services import heatpumps, models, trends, values
from app.web.access import signed_in
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer
from app.web.api.shapes import values as shapes
from app.web.parts import system

DIGITS = 4
"""A drawing of twenty pixels needs no more."""


@interface.get("/heatpumps/<heatpump_id>/trends")
@signed_in
@described("The last day of every number, by the hour", shapes.Trends)
def trends_of(heatpump_id: str) -> ResponseReturnValue:
    pump = heatpumps.get(system(), heatpump_id)
    model = models.of(system(), pump)
    currents = [] if model is None else values.of(system(), pump, model)
    settings = {each.sensor.id for each in currents if each.sensor.write is not None}
    found = trends.of(system(), pump, currents)
    return answer(
        {
            "from": found.start,
            "to": found.end,
            "step_s": found.step_s,
            "trends": {
                each.sensor: [None if mean is None else float(f"{mean:.{DIGITS}g}") for mean in each.mean]
                for each in found.courses
                if _tells(each.mean, quiet=each.sensor in settings)
            },
        }
    )


def _tells(means: list[float | None], *, quiet: bool) -> bool:
    """Whether there is something to draw; a setting that nobody changed is not worth a line."""
    known = {mean for mean in means if mean is not None}
    return len(known) > (1 if quiet else 0)
