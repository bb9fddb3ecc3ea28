"""The list of registers that an owner's heat pump exports: taking it in, what it told, forgetting it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.messages import Invalid, NotFound
from app.services import heatpumps, register_lists
from app.services.register_lists import Comparison
from app.web.access import owner_only
from app.web.heatpumps import pages
from app.web.languages import opening
from app.web.parts import system


@pages.get("/<heatpump_id>/registers")
@owner_only
def registers(heatpump_id: str) -> ResponseReturnValue:
    _having_one(heatpump_id)
    return _page(heatpump_id)


@pages.post("/<heatpump_id>/registers")
@owner_only
def take_registers(heatpump_id: str) -> ResponseReturnValue:
    _having_one(heatpump_id)
    sent = request.files.get("file")
    try:
        return _page(heatpump_id, register_lists.keep(system(), heatpump_id, sent.read() if sent is not None else b""))
    except Invalid as error:
        return _page(heatpump_id, error=opening(error.message)), 400


@pages.post("/<heatpump_id>/registers/forget")
@owner_only
def forget_registers(heatpump_id: str) -> ResponseReturnValue:
    _having_one(heatpump_id)
    register_lists.forget(system(), heatpump_id)
    return redirect(url_for("heatpumps.registers", heatpump_id=heatpump_id))


def _having_one(heatpump_id: str) -> None:
    """Raises NotFound for a heat pump whose like exports no list."""
    try:
        register_lists.model_with_list(system(), heatpump_id)
    except Invalid as error:
        raise NotFound(error.message.template, **error.message.facts) from error


def _page(heatpump_id: str, comparison: Comparison | None = None, error: str | None = None) -> str:
    return render_template(
        "heatpumps/registers.html",
        pump=heatpumps.get(system(), heatpump_id),
        model=register_lists.model_with_list(system(), heatpump_id),
        lacking=register_lists.lacking(system(), heatpump_id),
        comparison=comparison,
        error=error,
    )
