"""Taking a heat pump's history along as a CSV file."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.messages import Invalid
from app.services import exports, heatpumps, models
from app.store.heatpumps import HeatPump
from app.web import csv_download
from app.web.access import signed_in
from app.web.heatpumps import pages
from app.web.languages import opening
from app.web.parts import categories, system
from drivers.sensor import Sensor


@pages.get("/<heatpump_id>/export")
@signed_in
def export(heatpump_id: str) -> ResponseReturnValue:
    return _page(heatpumps.get(system(), heatpump_id))


@pages.get("/<heatpump_id>/export.csv")
@signed_in
def download(heatpump_id: str) -> ResponseReturnValue:
    """What the form asks for; with a mistake in it, the form again."""
    try:
        return csv_download.answer(heatpump_id, request.args)
    except Invalid as error:
        return Response(_page(heatpumps.get(system(), heatpump_id), error), 400, mimetype="text/html")


def _page(pump: HeatPump, error: Invalid | None = None) -> str:
    return render_template(
        "heatpumps/export.html",
        pump=pump,
        groups=_sensors(pump),
        categories=categories(),
        errors={error.field: opening(error.message)} if error is not None else {},
        sent=request.args,
    )


def _sensors(pump: HeatPump) -> dict[str, list[Sensor]]:
    """What the catalogue knows of what can be taken along, by category."""
    model = models.of(system(), pump)
    if model is None:
        return {}
    known = [model.every_sensor[name] for name in exports.sensors(system(), pump) if name in model.every_sensor]
    grouped = {category: [each for each in known if each.category == category] for category in categories()}
    return {category: sensors for category, sensors in grouped.items() if sensors}
