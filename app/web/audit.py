"""The log of changes: who changed what at which heat pump, with filters and as a CSV file."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.messages import Invalid
from app.services import audits, control, models, write_permissions
from app.store.audit import Entry, Filter
from app.web import addresses, outcomes, visible
from app.web.access import owner_only, signed_in
from app.web.languages import opening
from app.web.parts import system
from app.web.who import actor
from drivers.sensor import Sensor

AT_ONCE = 100

pages = Blueprint("audit", __name__, url_prefix="/audit")


@pages.get("/")
@signed_in
def page() -> ResponseReturnValue:
    """The newest entries; ?before= shows older ones."""
    try:
        which, error = audits.wanted(request.args, system().config.timezone, visible.among()), None
    except Invalid as refusal:
        which, error = Filter(among=visible.among()), refusal
    entries = audits.newest(system(), which, AT_ONCE + 1, _before())
    pumps, actors = audits.choices(system(), visible.among())
    sensors = _sensors(entries)
    asked = {name: text for name, text in request.args.items() if name != "before" and text}
    older = str(entries[AT_ONCE - 1].id) if len(entries) > AT_ONCE else None
    content = render_template(
        "audit/page.html",
        entries=entries[:AT_ONCE],
        older=addresses.asking("audit.page", {"before": older, **asked}) if older else None,
        as_file=addresses.asking("audit.download", asked),
        asked=asked,
        heat_pumps=pumps,
        actor_choices=[(name, name) for name in actors],
        outcome_choices=[(word, outcomes.word(word)) for word in audits.OUTCOMES],
        sensors=sensors,
        undoable={entry.id for entry in entries if control.no_undo(system(), entry) is None},
        errors={error.field: opening(error.message)} if error is not None else {},
    )
    return content, 200 if error is None else 400


@pages.get("/changes.csv")
@signed_in
def download() -> ResponseReturnValue:
    which = audits.wanted(request.args, system().config.timezone, visible.among())
    return Response(
        (line.encode() for line in audits.csv_lines(system(), which)),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="changes.csv"'},
    )


@pages.post("/writing")
@owner_only
def switch_writing() -> ResponseReturnValue:
    """Stop all writing everywhere, or allow it again."""
    if request.form.get("action") == "allow":
        write_permissions.allow(system(), actor())
    else:
        write_permissions.stop(system(), actor())
    return redirect(url_for("audit.page"))


def _before() -> int | None:
    text = request.args.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _sensors(entries: list[Entry]) -> Mapping[int, Sensor]:
    """What the catalogue knows of the sensors of these entries, by the entry's number."""
    of_pump = {pump.id: models.of(system(), pump) for pump in visible.heat_pumps()}
    found = {}
    for entry in entries:
        model = of_pump.get(entry.intent.heatpump_id or "")
        sensor = model.every_sensor.get(entry.intent.sensor or "") if model is not None else None
        if sensor is not None:
            found[entry.id] = sensor
    return found
