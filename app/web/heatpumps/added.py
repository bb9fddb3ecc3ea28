"""The end of adding a heat pump: it is kept, and its first values appear."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app.services import cloud, heatpumps, metering, models, overview, status, values
from app.web.access import owner_only
from app.web.heatpumps import pages
from app.web.parts import categories, system


@pages.get("/<heatpump_id>/added")
@owner_only
def added(heatpump_id: str) -> ResponseReturnValue:
    parts = system()
    pump = heatpumps.get(parts, heatpump_id)
    model = models.of(parts, pump)
    its_status = status.of(parts, pump)
    currents = [] if model is None else values.of(parts, pump, model)
    return render_template(
        "heatpumps/adding/done.html",
        step="done",
        pump=pump,
        model=model,
        status=its_status,
        card=overview.card(parts, pump, model, its_status),
        first=values.first,
        now=parts.clock(),
        groups=values.grouped(currents, categories()),
        delivered=sum(each.value is not None for each in currents),
        categories=categories(),
        interval=parts.roster.interval_s(pump),
        answered=metering.of(parts, pump) is not None,
        cloud=cloud.of(parts, pump),
    )
