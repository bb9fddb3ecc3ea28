"""Maintenance: times in which nobody is told."""

from __future__ import annotations

from typing import Any

from babel.dates import get_day_names
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.messages import Invalid
from app.services import maintenance, moments
from app.web import visible
from app.web.access import controlling
from app.web.alerts import pages
from app.web.alerts.channels import minute
from app.web.languages import current, opening
from app.web.parts import system


@pages.get("/maintenance/")
@controlling
def all_maintenance() -> ResponseReturnValue:
    return _page()


@pages.post("/maintenance/")
@controlling
def add_maintenance() -> ResponseReturnValue:
    try:
        maintenance.add(system(), _sent())
    except Invalid as error:
        return _page(error), 400
    return redirect(url_for("alerts.all_maintenance"))


@pages.post("/maintenance/<int:maintenance_id>/remove")
@controlling
def remove_maintenance(maintenance_id: int) -> ResponseReturnValue:
    maintenance.remove(system(), maintenance_id)
    return redirect(url_for("alerts.all_maintenance"))


def _sent() -> dict[str, Any]:
    fields, zone = request.form, system().config.timezone
    sent: dict[str, Any] = {"heatpump_id": fields.get("heatpump_id") or None, "note": fields.get("note", "")}
    if fields.get("how") == "weekly":
        days = [int(day) for day in fields.getlist("weekdays") if day.isdigit()]
        if not days:
            raise Invalid("weekdays", "choose at least one day")
        times = {name: minute(fields.get(name, ""), name) for name in ("from_minute", "to_minute")}
        return sent | {"weekdays": days} | times
    for name, last in (("starts_at", False), ("ends_at", True)):
        sent[name] = moments.border(name, fields.get(name, "").strip(), zone, end=last)
    return sent


def _page(error: Invalid | None = None) -> str:
    pumps = visible.heat_pumps()
    names = get_day_names("wide", locale=current())
    return render_template(
        "alerts/maintenance.html",
        windows=maintenance.all_of_them(system(), visible.among()),
        pumps=pumps,
        names={pump.id: pump.name for pump in pumps},
        days={day: names[day] for day in range(7)},
        clock=lambda minutes: f"{minutes // 60:02d}:{minutes % 60:02d}",
        sent=request.form,
        errors={error.field: opening(error.message)} if error is not None else {},
        now=system().clock(),
    )
