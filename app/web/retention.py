"""The page where the owner decides how long history is kept, and sees first what that removes."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.messages import Invalid
from app.services import retention
from app.services.retention import Choice
from app.web import visible
from app.web.access import owner_only
from app.web.languages import opening
from app.web.parts import system

pages = Blueprint("retention", __name__, url_prefix="/retention")


@pages.get("/")
@owner_only
def page() -> ResponseReturnValue:
    """The choice in force, or what another one would remove."""
    if not request.args:
        return _page(retention.chosen(system()))
    try:
        choice = _sent(request.args)
        return _page(choice, preview=retention.preview(system(), choice))
    except Invalid as error:
        return _page(retention.chosen(system()), error=error), 400


@pages.post("/")
@owner_only
def choose() -> ResponseReturnValue:
    try:
        retention.choose(system(), _sent(request.form))
    except Invalid as error:
        return _page(retention.chosen(system()), error=error), 400
    return redirect(url_for("retention.page"))


def _sent(form: Mapping[str, str]) -> Choice:
    return Choice(_days(form, "raw_days"), _days(form, "hourly_days"))


def _days(form: Mapping[str, str], field: str) -> int | None:
    text = form.get(field, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Invalid(field, "%(value)s is not a whole number of days", value=text)
    return int(text)


def _page(choice: Choice, preview: retention.Preview | None = None, error: Invalid | None = None) -> str:
    sent = request.values
    return render_template(
        "retention/page.html",
        choice=choice,
        raw_days=sent.get("raw_days", "" if choice.raw_days is None else choice.raw_days),
        hourly_days=sent.get("hourly_days", "" if choice.hourly_days is None else choice.hourly_days),
        preview=preview,
        names={pump.id: pump.name for pump in visible.heat_pumps()},
        errors={error.field: opening(error.message)} if error is not None else {},
    )
