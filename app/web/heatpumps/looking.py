"""The page of a heat pump: how it is doing, its course, and everything it says."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.services import alert_events, behaviour, cloud, course, heatpumps, marks, models, overview, status, values
from app.services import annotations as notes
from app.services.values import Current
from app.store.heatpumps import HeatPump
from app.system import System
from app.web import alert_words
from app.web import behaviour as behaviour_words
from app.web import marks as mark_words
from app.web.access import signed_in
from app.web.heatpumps import pages
from app.web.parts import categories, system
from drivers.model import Model, Sensor

RANGES = {"24h": 86_400, "7d": 7 * 86_400, "30d": 30 * 86_400}
RECENT_S = 86_400
"""How long an outage that is over stays worth mentioning."""


@pages.get("/<heatpump_id>")
@signed_in
def page(heatpump_id: str) -> ResponseReturnValue:
    parts = system()
    pump = heatpumps.get(parts, heatpump_id)
    model = models.of(parts, pump)
    its_status = status.of(parts, pump)
    now = parts.clock()
    content: dict[str, Any] = {
        "pump": pump,
        "model": model,
        "status": its_status,
        "card": overview.card(parts, pump, model, its_status),
        "outage": _worth_mentioning(parts, pump, now),
        "first": values.first,
        "cloud": cloud.of(parts, pump),
        "now": now,
        "behaviour": behaviour_words.of(behaviour.of(parts, pump), now),
        "events": alert_events.open_ones(parts, pump.id),
        "notes": notes.within(parts, pump.id, int(now) - RANGES[_range()], int(now) + 1),
        "marks": [
            (each, mark_words.words(each, model))
            for each in marks.within(parts, pump, int(now) - RANGES[_range()], int(now) + 1)
        ],
        "alert_words": alert_words,
    }
    if model is not None:
        currents = values.of(parts, pump, model)
        content |= {
            "groups": values.grouped(currents, categories()),
            "categories": categories(),
            **_chart(model, currents),
        }
    return render_template("heatpumps/page.html", **content)


def _chart(model: Model, currents: list[Current]) -> dict[str, Any]:
    readable = {each.sensor.id for each in currents}
    asked = request.args.get("sensors", "").split(",") + request.args.getlist("sensor")
    wanted = [sensor_id for sensor_id in dict.fromkeys(asked) if sensor_id in readable]
    wanted = wanted[: course.MOST_SENSORS] or course.usual(model, currents)
    return {
        "chart_sensors": _by_category(course.choices(currents, wanted)),
        "chosen": wanted,
        "ranges": RANGES,
        "range": _range(),
    }


def _range() -> str:
    span = request.args.get("range", "")
    return span if span in RANGES else "24h"


def _by_category(sensors: list[Sensor]) -> list[tuple[str, list[Sensor]]]:
    grouped: dict[str, list[Sensor]] = {}
    for sensor in sensors:
        grouped.setdefault(sensor.category, []).append(sensor)
    return [(category, grouped[category]) for category in categories() if category in grouped]


def _worth_mentioning(parts: System, pump: HeatPump, now: float) -> Any:
    outage = status.last_outage(parts, pump.id)
    if outage is None or outage.until is None or now - outage.until > RECENT_S:
        return None
    return outage
