"""Changing, disabling and removing a heat pump."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.messages import Conflict, Invalid
from app.services import heatpumps, models
from app.store.heatpumps import HeatPump
from app.web.access import owner_only
from app.web.heatpumps import cloud, form, pages, sign_in
from app.web.heatpumps.form import Form
from app.web.heatpumps.trial import Result, found_instead, tried
from app.web.parts import system


@pages.get("/<heatpump_id>/edit")
@owner_only
def edit(heatpump_id: str) -> ResponseReturnValue:
    pump = heatpumps.get(system(), heatpump_id)
    model = models.get(system(), pump.manufacturer, pump.model)
    typed = sign_in.typed_before()
    if typed is not None and typed.model == model:
        return _page(pump, typed, look=True)
    return _page(pump, form.filled(model, heatpumps.sent_again(pump)))


@pages.post("/<heatpump_id>/edit")
@owner_only
def keep_changes(heatpump_id: str) -> ResponseReturnValue:
    """The model stays: another model is another heat pump, with a history of its own."""
    pump, action = heatpumps.get(system(), heatpump_id), request.form.get("action")
    model = models.get(system(), pump.manufacturer, pump.model)
    typed = form.typed(model, request.form)
    if action == "instead":
        return _page(pump, typed.with_connection(found_instead(request.form)))
    if action == "adopt":
        return _page(pump, typed.with_parts(typed.found))
    if action == "look":
        return _page(pump, typed, look=True)
    if action in ("sign-in", "sign-out"):
        try:
            if action == "sign-in":
                return sign_in.begin(typed, heatpump_id)
            cloud.sign_out(typed)
        except Invalid as complaint:
            return _page(pump, typed.with_errors([complaint])), 400
        return _page(pump, typed)
    complaints = heatpumps.complaints(system(), typed.sent(), heatpump_id)
    if complaints:
        return _page(pump, typed.with_errors(complaints)), 400
    if action == "test":
        return _page(pump, typed, tried(typed))
    try:
        heatpumps.change(system(), heatpump_id, typed.sent())
    except (Invalid, Conflict) as complaint:
        return _page(pump, typed.with_errors([complaint])), 400
    return redirect(url_for("heatpumps.page", heatpump_id=heatpump_id))


@pages.post("/<heatpump_id>/enable")
@owner_only
def enable(heatpump_id: str) -> ResponseReturnValue:
    heatpumps.change(system(), heatpump_id, {"enabled": True})
    return redirect(url_for("heatpumps.page", heatpump_id=heatpump_id))


@pages.post("/<heatpump_id>/disable")
@owner_only
def disable(heatpump_id: str) -> ResponseReturnValue:
    heatpumps.change(system(), heatpump_id, {"enabled": False})
    return redirect(url_for("heatpumps.page", heatpump_id=heatpump_id))


@pages.get("/<heatpump_id>/remove")
@owner_only
def confirm_removal(heatpump_id: str) -> ResponseReturnValue:
    return render_template("heatpumps/remove.html", pump=heatpumps.get(system(), heatpump_id))


@pages.post("/<heatpump_id>/remove")
@owner_only
def remove(heatpump_id: str) -> ResponseReturnValue:
    heatpumps.remove(system(), heatpump_id)
    return redirect(url_for("overview.index"))


def _page(pump: HeatPump, typed: Form, result: Result | None = None, look: bool = False) -> str:
    its_cloud = cloud.part(typed, look)
    typed = cloud.with_the_only_one(typed, its_cloud)
    return render_template(
        "heatpumps/form.html",
        pump=pump,
        form=typed,
        numeric_fields=form.NUMBERS,
        result=result,
        cloud=its_cloud,
        usual_interval=heatpumps.usual_interval_s(system(), typed.model, typed.parts),
    )
