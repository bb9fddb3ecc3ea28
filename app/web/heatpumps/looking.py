"""The page of a heat pump: how it is doing, its course, and everything it says."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.services import alert_events, behaviour, cloud, heatpumps, marks, models, overview, status, values
from app.services import annotations as notes
from app.store.heatpumps import HeatPump
from app.system import System
from app.web import alert_words, boards
from app.web import marks as mark_words
from app.web.access import signed_in
from app.web.heatpumps import pages
from app.web.parts import categories, system
from app.web.time_spans import SPANS, asked_span

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
        "card": overview.card(parts, pump, model, its_status),
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
        }
    return render_template("heatpumps/page.html", **content)


def _worth_mentioning(parts: System, pump: HeatPump, now: float) -> Any:
    outage = status.last_outage(parts, pump.id)
    if outage is None or outage.until is None or now - outage.until > RECENT_S:
        return None
    return outage
