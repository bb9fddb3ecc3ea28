"""The button of the empty overview: try the product with simulated heat pumps."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from app.services import simulated
from app.web.access import owner_only
from app.web.languages import sentence
from app.web.parts import system

pages = Blueprint("simulated", __name__, url_prefix="/simulated")


@pages.post("/")
@owner_only
def begin() -> ResponseReturnValue:
    simulated.begin(system(), [sentence(name) for name, _, _ in simulated.HOUSES])
    system().poller.once(system().glance.refresh)  # today's figures and the last day's line at once
    return redirect(url_for("overview.index"))
