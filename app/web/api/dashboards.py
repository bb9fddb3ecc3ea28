"""/api/dashboards: what stands on the dashboards, with the same validation as the pages."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import request
from flask.typing import ResponseReturnValue

from app.messages import NotFound
from app.services import dashboards
from app.store.dashboards import Dashboard
from app.web import boards, dashboard_words, visible
from app.web.access import owner_only, signed_in
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import dashboards as shapes
from app.web.api.shapes.common import OfHeatPump
from app.web.parts import system


@interface.get("/dashboards")
@signed_in
@described("The dashboards", shapes.Dashboards, asks=OfHeatPump)
def all_dashboards() -> ResponseReturnValue:
    wanted = request.args.get("heatpump_id")
    seen = {pump.id for pump in visible.heat_pumps()}
    if wanted is not None and wanted not in seen:
        raise NotFound("there is no heat pump %(id)s", id=wanted)
    found = [each for each in dashboards.all_of_them(system()) if each.heatpump_id is None or each.heatpump_id in seen]
    return answer({"dashboards": [_shown(each) for each in found if wanted in (None, each.heatpump_id)]})


@interface.post("/dashboards")
@owner_only
@described("Add a dashboard", shapes.Dashboard, status=201, sends=shapes.DashboardSent)
def add_dashboard() -> ResponseReturnValue:
    made = dashboards.add(system(), sent_object())
    return answer(_shown(made), 201, {"Location": f"/api/dashboards/{made.id}"})


@interface.get("/dashboards/<int:dashboard_id>")
@signed_in
@described("One dashboard", shapes.Dashboard)
def one_dashboard(dashboard_id: int) -> ResponseReturnValue:
    return answer(_shown(boards.get(dashboard_id)))


@interface.put("/dashboards/<int:dashboard_id>")
@owner_only
@described("Change what is sent", shapes.Dashboard, sends=shapes.DashboardSent)
def change_dashboard(dashboard_id: int) -> ResponseReturnValue:
    boards.get(dashboard_id)
    return answer(_shown(dashboards.change(system(), dashboard_id, sent_object())))


@interface.delete("/dashboards/<int:dashboard_id>")
@owner_only
@described("Remove a dashboard; the history stays")
def remove_dashboard(dashboard_id: int) -> ResponseReturnValue:
    boards.get(dashboard_id)
    dashboards.remove(system(), dashboard_id)
    return "", 204


def _shown(dashboard: Dashboard) -> dict[str, Any]:
    """Lines of heat pumps that this person may not see are left out."""
    seen = {pump.id for pump in visible.heat_pumps()}
    config = msgspec.to_builtins(dashboard.config)
    for chart in config["charts"]:
        chart["lines"] = [line for line in chart["lines"] if line["heatpump_id"] in seen]
    return {
        "id": dashboard.id,
        "name": dashboard.name or dashboard_words.name(dashboard),
        "heatpump_id": dashboard.heatpump_id,
        "position": dashboard.position,
        "config": config,
        "version": dashboard.version,
        "created_at": dashboard.created_at,
        "updated_at": dashboard.updated_at,
    }
