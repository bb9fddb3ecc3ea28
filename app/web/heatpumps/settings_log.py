"""The log of the settings of a heat pump: what changed at the unit and through us, two days beside each other."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.messages import Invalid
from app.services import heatpumps, models, settings_log
from app.web.access import signed_in
from app.web.heatpumps import pages
from app.web.languages import opening
from app.web.parts import system

AT_ONCE = 100


@pages.get("/<heatpump_id>/settings-log")
@signed_in
def log_of_settings(heatpump_id: str) -> ResponseReturnValue:
    """With ?first= and ?second= (days) also what differs between them."""
    pump = heatpumps.get(system(), heatpump_id)
    model = models.get(system(), pump.manufacturer, pump.model)
    first, second = request.args.get("first", ""), request.args.get("second", "")
    differences, error = None, None
    if first or second:
        try:
            differences = settings_log.differences(system(), pump, first, second)
        except Invalid as refusal:
            error = refusal
    changes = settings_log.changes(system(), pump, AT_ONCE + 1, _before())
    content = render_template(
        "settings/log.html",
        pump=pump,
        model=model,
        changes=changes[:AT_ONCE],
        older=changes[AT_ONCE - 1].id if len(changes) > AT_ONCE else None,
        since=settings_log.known_since(system(), pump),
        differences=differences,
        sent=request.args,
        errors={error.field: opening(error.message)} if error is not None else {},
    )
    return content, 200 if error is None else 400


@pages.get("/<heatpump_id>/settings.yaml")
@signed_in
def settings_file(heatpump_id: str) -> ResponseReturnValue:
    """The settings at the end of ?day=, or as they are now."""
    pump = heatpumps.get(system(), heatpump_id)
    day = request.args.get("day", "")
    text = settings_log.as_yaml(system(), pump, day)
    name = f"{pump.id}-settings{'-' + day if day else ''}.yaml"
    head = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="application/yaml", headers=head)


def _before() -> int | None:
    text = request.args.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
