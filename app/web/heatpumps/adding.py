"""Adding a heat pump: choose, connect, try out, keep."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.messages import Conflict, Invalid
from app.services import heatpumps, models
from app.web.access import owner_only
from app.web.heatpumps import cloud, form, pages, sign_in
from app.web.heatpumps.form import Form
from app.web.heatpumps.trial import Result, found_instead, taken_over, tried
from app.web.parts import system
from drivers.model import Model


@pages.get("/add")
@owner_only
def add() -> ResponseReturnValue:
    """The form, empty or with what the search found: `kind`, `host`, `port`, `unit_id`, `framing`."""
    typed = sign_in.typed_before()
    if typed is not None:
        return _page(typed, look=True)
    return _page(form.empty(_model(request.args.get("kind"))).with_connection(request.args))


@pages.post("/add")
@owner_only
def keep_new() -> ResponseReturnValue:
    """One form, several buttons: another model, the connection test, taking over what it found, and saving."""
    model, action = _model(request.form.get("kind")), request.form.get("action")
    typed = form.typed(model, request.form)
    if action == "instead":
        return _page(_instead(typed))
    if action == "model":
        return _page(form.chosen(typed))
    if action == "adopt":
        return _page(typed.with_parts(taken_over(model, request.form)))
    if action == "look":
        return _page(typed, look=True)
    if action in ("sign-in", "sign-out"):
        try:
            if action == "sign-in":
                return sign_in.begin(typed)
            cloud.sign_out(typed)
        except Invalid as complaint:
            return _page(typed.with_errors([complaint])), 400
        return _page(typed)
    complaints = heatpumps.complaints(system(), typed.sent())
    if complaints:
        return _page(typed.with_errors(complaints)), 400
    if action == "test":
        return _page(typed, tried(typed))
    return _save(typed)


def _save(typed: Form) -> ResponseReturnValue:
    if not request.form.get("unheard"):
        result = tried(typed, saving=True)
        if result.diagnosis is not None:
            return _page(typed, result), 400
    try:
        pump = heatpumps.add(system(), typed.sent())
    except (Invalid, Conflict) as complaint:
        return _page(typed.with_errors([complaint])), 400
    return redirect(url_for("heatpumps.page", heatpump_id=pump.id))


def _instead(typed: Form) -> Form:
    """The model and unit id that the test found at this address, as the page with its result sends them back."""
    model = _model(request.form.get("instead-kind")) if "instead-kind" in request.form else typed.model
    port = typed.connection.get("port", "")
    fresh = typed if model.name == typed.model.name else form.chosen(replace(typed, model=model))
    return fresh.with_connection({"port": port, **found_instead(request.form)})


def _page(typed: Form, result: Result | None = None, look: bool = False) -> str:
    its_cloud = cloud.part(typed, look)
    typed = cloud.with_the_only_one(typed, its_cloud)
    return render_template(
        "heatpumps/form.html",
        pump=None,
        form=typed,
        numeric_fields=form.NUMBERS,
        result=result,
        cloud=its_cloud,
        makers=models.manufacturers(system()),
        usual_interval=heatpumps.usual_interval_s(system(), typed.model, typed.parts),
    )


def _model(name: str | None) -> Model:
    """The model called manufacturer/model, else the first one."""
    manufacturer, _, model = (name or "").partition("/")
    found = system().catalogue.find(manufacturer, model)
    return found if found is not None else models.manufacturers(system())[0].models[0]
