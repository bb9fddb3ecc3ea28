"""The page of the electricity tariffs: one usual price, a second one at some hours, each from a day on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.messages import Invalid
from app.services import tariffs
from app.web.access import owner_only
from app.web.languages import opening
from app.web.parts import system

pages = Blueprint("tariffs", __name__, url_prefix="/tariffs")


@pages.get("/")
@owner_only
def page() -> ResponseReturnValue:
    return _page()


@pages.post("/")
@owner_only
def keep() -> ResponseReturnValue:
    try:
        tariffs.keep(system(), _sent(request.form))
    except Invalid as error:
        return _page(error), 400
    return redirect(url_for("tariffs.page"))


@pages.post("/<since>/remove")
@owner_only
def remove(since: str) -> ResponseReturnValue:
    tariffs.remove(system(), since)
    return redirect(url_for("tariffs.page"))


def _sent(form: Mapping[str, str]) -> dict[str, Any]:
    co2 = _number(form, "co2", None)
    usual = {"per_kwh": _number(form, "per_kwh", ""), "co2": co2}
    prices = [usual]
    if form.get("low_per_kwh", "").strip():
        hours = {"begin": _hour(form, "low_begin"), "end": _hour(form, "low_end")}
        prices.insert(0, {"per_kwh": _number(form, "low_per_kwh", ""), "co2": co2, **hours})
    return {"since": form.get("since", ""), "per_year": _number(form, "per_year", 0.0), "prices": prices}


def _number(form: Mapping[str, str], field: str, usual: Any) -> Any:
    """A number where it is one, else the text, which the service refuses by name."""
    text = form.get(field, "").strip().replace(",", ".")
    if not text:
        return usual
    try:
        return float(text)
    except ValueError:
        return text


def _hour(form: Mapping[str, str], field: str) -> Any:
    text = form.get(field, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else text


def _page(error: Invalid | None = None) -> str:
    return render_template(
        "tariffs/page.html",
        tariffs=list(reversed(tariffs.all_of_them(system()))),
        typed=request.form,
        errors={} if error is None else {error.field: opening(error.message)},
    )
