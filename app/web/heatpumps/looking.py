"""The page of a heat pump: how it is doing, its course, and everything it says."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.services import (
    activity,
    alert_events,
    behaviour,
    cloud,
    heatpumps,
    marks,
    metering,
    models,
    overview,
    settings,
    status,
    values,
)
from app.services import annotations as notes
from app.services.values import Current
from app.store.heatpumps import HeatPump
from app.system import System
from app.web import activity as happenings
from app.web import alert_words, boards, costs, performance
from app.web import marks as mark_words
from app.web.access import signed_in
from app.web.heatpumps import month, pages
from app.web.machine import picture
from app.web.parts import categories, system
from app.web.time_spans import SPANS, asked_span
from drivers.model import Model

MAIN_SETTINGS, MOST_HAPPENINGS = 6, 12
RECENT_S = 86_400
"""How long an outage that is over stays worth mentioning."""


@pages.get("/<heatpump_id>")
@signed_in
def page(heatpump_id: str) -> ResponseReturnValue:
    from app.web import behaviour as words  # numpy is loaded by the first who looks

    parts = system()
    pump = heatpumps.get(parts, heatpump_id)
    model = models.of(parts, pump)
    its_status = status.of(parts, pump)
    now = parts.clock()
    content: dict[str, Any] = {
        "pump": pump,
        "model": model,
        "status": its_status,
        "card": overview.card(parts, pump, model, its_status, metering.boundaries(parts).get(pump.id)),
        "outage": _worth_mentioning(parts, pump, now),
        "first": values.first,
        "cloud": cloud.of(parts, pump),
        "now": now,
        "events": alert_events.open_ones(parts, pump.id),
        "notes": notes.within(parts, pump.id, int(now) - SPANS[asked_span()[0]], int(now) + 1),
        "marks": [
            (each, mark_words.words(each, model))
            for each in marks.within(parts, pump, int(now) - SPANS[asked_span()[0]], int(now) + 1)
        ],
        "alert_words": alert_words,
        "behaviour": words.of(behaviour.of(parts, pump), now),
    }
    if model is not None:
        currents = values.of(parts, pump, model)
        content |= {
            "groups": values.grouped(currents, categories()),
            "categories": categories(),
            **boards.of_heatpump(pump, model, currents),
            **_machine(parts, pump, model, currents, its_status),
        }
    return render_template("heatpumps/page.html", **content)


def _machine(
    parts: System, pump: HeatPump, model: Model, currents: list[Current], its_status: status.Status
) -> dict[str, Any]:
    from app.web import insight  # numpy is loaded by the first who looks

    main, number = settings.main_ones(parts, pump, model, MAIN_SETTINGS)
    boundary = metering.boundaries(parts).get(pump.id)
    return {
        "picture": picture.of(parts, pump, model, currents, its_status),
        "picture_words": picture,
        "figures_of_today": {each.key: each for each in performance.shown(overview.performance(parts, pump, boundary))},
        "flow_target": values.some(parts, pump, model, ("temp_flow_target", "temp_flow_target_circuit_a")),
        "month": month.of(pump),
        "main_settings": main,
        "number_of_settings": number,
        "costs": costs,
        "insight": insight,
        "activity": [happenings.line(each, pump, model) for each in activity.lately(parts, pump, MOST_HAPPENINGS)],
    }


def _worth_mentioning(parts: System, pump: HeatPump, now: float) -> Any:
    outage = status.last_outage(parts, pump.id)
    if outage is None or outage.until is None or now - outage.until > RECENT_S:
        return None
    return outage
