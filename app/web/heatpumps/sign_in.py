"""Signing in at a maker's cloud: away to its page and back, or with what was copied from there."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.messages import Invalid, Rejected, Sentence
from app.services import cloud, models
from app.web.access import owner_only
from app.web.heatpumps import form, pages
from app.web.heatpumps.form import Form
from app.web.languages import opening
from app.web.parts import system
from drivers.cloud_sign_in import SignIn
from drivers.errors import DriverError

HEAT_PUMP = "heatpump"
NOT_KEPT = frozenset({"csrf_token", "action"})


def begin(typed: Form, heatpump_id: str | None = None) -> ResponseReturnValue:
    """The page with the way to the maker's. Raises Invalid for a field of the account."""
    kept = {name: values for name, values in request.form.lists() if name not in NOT_KEPT}
    kept["kind"] = [typed.model.name]
    if heatpump_id is not None:
        kept[HEAT_PUMP] = [heatpump_id]
    where = url_for("heatpumps.sign_in_answer", _external=True)
    return _page(cloud.begin(system(), typed.model, typed.connection, where, kept))


@pages.post("/sign-in")
@owner_only
def sign_in() -> ResponseReturnValue:
    """Another redirect address, or the maker's answer copied by hand."""
    begun = cloud.begun(system(), request.form.get("state", ""))
    if request.form.get("action") == "redirect":
        return _again(begun, request.form.get("redirect", ""))
    try:
        return _back(cloud.finish_pasted(system(), begun.state, request.form.get("code", "")))
    except DriverError as failure:
        return _again(begun, begun.redirect, failure)


@pages.get("/sign-in/answer")
@owner_only
def sign_in_answer() -> ResponseReturnValue:
    """Where the maker's page sends the browser back to; good for one answer to a sign-in that was begun here."""
    try:
        begun = cloud.begun(system(), request.args.get("state", ""))
    except Rejected as unknown:
        return _page(None, unknown.message), 400
    try:
        return _back(cloud.finish(system(), request.args))
    except DriverError as failure:
        return _again(begun, begun.redirect, failure)


def typed_before() -> Form | None:
    """What was typed before the sign-in that this request comes back from."""
    kept = cloud.typed_before(system(), request.args.get("signed_in", ""))
    if kept is None:
        return None
    return form.typed(
        models.get(system(), *kept["kind"][0].split("/")),
        MultiDict((name, value) for name, values in kept.items() for value in values),
    )


def _back(done: SignIn) -> ResponseReturnValue:
    heatpump_id = done.kept.get(HEAT_PUMP)
    if heatpump_id:
        return redirect(url_for("heatpumps.edit", heatpump_id=heatpump_id[0], signed_in=done.state))
    return redirect(url_for("heatpumps.add", signed_in=done.state))


def _again(before: SignIn, where: str, failure: Sentence | None = None) -> ResponseReturnValue:
    model = models.get(system(), *before.kept["kind"][0].split("/"))
    account = _settings(before)
    try:
        begun = cloud.begin(system(), model, account, where, before.kept)
    except Invalid as complaint:
        begun = cloud.begin(system(), model, account, before.redirect, before.kept)
        return _page(begun, complaint.message), 400
    return (_page(begun, failure), 400) if failure is not None else _page(begun)


def _settings(before: SignIn) -> Mapping[str, str]:
    return {name: before.kept.get(name, [""])[0] for name in cloud.ACCOUNT_FIELDS}


def _page(begun: SignIn | None, failure: Sentence | None = None) -> str:
    complaint = opening(failure) if failure is not None else None
    return render_template("heatpumps/sign_in.html", begun=begun, complaint=complaint)
