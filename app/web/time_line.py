"""Notes on the time line: writing one on the page of a heat pump, changing it, taking it away."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.messages import Invalid
from app.services import annotations as notes
from app.services import moments
from app.store.annotations import Annotation
from app.web import alert_words, visible
from app.web.access import controlling
from app.web.languages import opening
from app.web.parts import system

pages = Blueprint("annotations", __name__, url_prefix="/annotations")


@pages.get("/add")
@controlling
def add() -> ResponseReturnValue:
    heatpump_id = request.args.get("heatpump_id", "")
    usual = {"at": local(system().clock()), "until": "", "text": "", "heatpump_id": heatpump_id}
    return _page(None, usual)


@pages.post("/add")
@controlling
def keep_new() -> ResponseReturnValue:
    fields = request.form
    try:
        at, until = _times()
        made = notes.add(
            system(),
            fields.get("heatpump_id") or None,
            at,
            fields.get("text", ""),
            until=until,
            author=current_user.name,
        )
    except Invalid as error:
        return _page(None, fields.to_dict(), error), 400
    return _back(made.heatpump_id)


@pages.get("/<int:annotation_id>/edit")
@controlling
def edit(annotation_id: int) -> ResponseReturnValue:
    found = notes.get(system(), annotation_id)
    until = local(found.until) if found.until is not None else ""
    return _page(found, {"at": local(found.at), "until": until, "text": found.text})


@pages.post("/<int:annotation_id>/edit")
@controlling
def keep_changes(annotation_id: int) -> ResponseReturnValue:
    found = notes.get(system(), annotation_id)
    try:
        at, until = _times()
        notes.change(system(), annotation_id, at, until, request.form.get("text", ""), current_user.name)
    except Invalid as error:
        return _page(found, request.form.to_dict(), error), 400
    return _back(found.heatpump_id)


@pages.post("/<int:annotation_id>/remove")
@controlling
def remove(annotation_id: int) -> ResponseReturnValue:
    found = notes.get(system(), annotation_id)
    notes.remove(system(), annotation_id)
    return _back(found.heatpump_id)


def local(at: float) -> str:
    """2026-11-21T14:03, as a field for a moment takes it."""
    zone = ZoneInfo(system().config.timezone)
    return f"{datetime.fromtimestamp(at, UTC).astimezone(zone):%Y-%m-%dT%H:%M}"


def _times() -> tuple[int, int | None]:
    fields, zone = request.form, system().config.timezone
    until = fields.get("until", "").strip()
    at = moments.border("at", fields.get("at", "").strip(), zone)
    return at, moments.border("until", until, zone) if until else None


def _back(heatpump_id: str | None) -> ResponseReturnValue:
    if heatpump_id is None:
        return redirect(url_for("overview.index"))
    return redirect(url_for("heatpumps.page", heatpump_id=heatpump_id, _anchor="annotations"))


def _page(annotation: Annotation | None, typed: dict[str, str], error: Invalid | None = None) -> str:
    return render_template(
        "annotations/form.html",
        annotation=annotation,
        typed=typed,
        pumps=visible.heat_pumps(),
        errors={error.field: opening(error.message)} if error is not None else {},
        words=alert_words,
    )
