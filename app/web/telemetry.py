"""The page on which the owner sees what would be shared, switches it on and off, and reads what was sent."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.messages import Invalid, from_json
from app.services import telemetry
from app.web import visible
from app.web.access import owner_only
from app.web.languages import opening, sentence
from app.web.parts import system

pages = Blueprint("telemetry", __name__, url_prefix="/telemetry")


@pages.get("/")
@owner_only
def page() -> ResponseReturnValue:
    return _page()


@pages.post("/")
@owner_only
def choose() -> ResponseReturnValue:
    """Keep the choice; the page then shows what would be sent."""
    try:
        telemetry.choose(system(), request.form.get("endpoint", "").strip(), request.form.getlist("heatpump"))
    except Invalid as error:
        return _page(error), 400
    return redirect(url_for("telemetry.page", _anchor="preview"))


@pages.post("/on")
@owner_only
def switch_on() -> ResponseReturnValue:
    try:
        telemetry.switch_on(system())
    except Invalid as error:
        return _page(error), 409
    return redirect(url_for("telemetry.page"))


@pages.post("/off")
@owner_only
def switch_off() -> ResponseReturnValue:
    telemetry.switch_off(system())
    return redirect(url_for("telemetry.page"))


@pages.post("/forget")
@owner_only
def forget() -> ResponseReturnValue:
    telemetry.forget(system())
    return redirect(url_for("telemetry.page"))


def _page(error: Invalid | None = None) -> str:
    state = telemetry.state(system())
    return render_template(
        "telemetry/page.html",
        state=state,
        pumps=visible.heat_pumps(),
        endpoint=request.form.get("endpoint", state.endpoint),
        ticked=set(request.form.getlist("heatpump")) if request.form else state.shared,
        preview=telemetry.preview(system()),
        said={each.id: sentence(from_json(each.said)) for each in state.log if each.said is not None},
        errors={error.field: opening(error.message)} if error is not None else {},
    )
