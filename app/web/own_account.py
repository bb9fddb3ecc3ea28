"""The own account: its password, where it is signed in, and its second factor."""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup

from app.messages import Invalid
from app.services import accounts, passwords, second_factor, sign_in_rules, signed_in
from app.services.throttle import TooManyTries
from app.web import browsers, sessions
from app.web.access import own_account
from app.web.languages import opening
from app.web.parts import system

pages = Blueprint("own_account", __name__, url_prefix="/account")


@pages.get("/")
@own_account
def page() -> ResponseReturnValue:
    return _page()


@pages.post("/password")
@own_account
def change_password() -> ResponseReturnValue:
    """With the old one; everywhere else the account is signed out."""
    try:
        _prove(request.form.get("old", ""), "old")
        if request.form.get("password", "") != request.form.get("password_again", ""):
            raise Invalid("password_again", "the two passwords are not the same")
        accounts.set_password(system(), current_user.user, request.form.get("password", ""), current_user.session_id)
    except Invalid as error:
        return _page(errors={error.field: opening(error.message)}), 400
    sessions.renew(accounts.get(system(), current_user.user.id))
    return redirect(url_for("own_account.page", done="password"))


@pages.post("/sessions/<int:session_id>/end")
@own_account
def end_session(session_id: int) -> ResponseReturnValue:
    signed_in.end(system(), current_user.user, session_id)
    return redirect(url_for("own_account.page", _anchor="sessions"))


@pages.post("/sessions/end")
@own_account
def sign_out_everywhere() -> ResponseReturnValue:
    """Also here."""
    signed_in.end_all(system(), current_user.user.id)
    sessions.sign_out()
    return redirect(url_for("account.login"))


@pages.get("/second-factor")
@own_account
def second_factor_page() -> ResponseReturnValue:
    if second_factor.active(system(), current_user.user.id):
        return redirect(url_for("own_account.page", _anchor="second-factor"))
    return _second_factor({})


@pages.post("/second-factor")
@own_account
def confirm_second_factor() -> ResponseReturnValue:
    """From now on it is asked for at every sign-in; shows the recovery codes."""
    try:
        _prove(request.form.get("proof", ""), "proof")
        codes = second_factor.confirm(system(), current_user.user, request.form.get("code", "")[:100])
    except Invalid as error:
        return _second_factor({error.field: opening(error.message)}), 400
    return render_template("account/recovery_codes.html", codes=codes)


@pages.post("/second-factor/codes")
@own_account
def new_recovery_codes() -> ResponseReturnValue:
    try:
        _prove(request.form.get("proof", ""), "proof")
    except Invalid as error:
        return _page(errors={error.field: opening(error.message)}), 400
    if not second_factor.active(system(), current_user.user.id):
        return redirect(url_for("own_account.page"))
    codes = second_factor.new_codes(system(), current_user.user)
    return render_template("account/recovery_codes.html", codes=codes)


@pages.post("/second-factor/remove")
@own_account
def remove_second_factor() -> ResponseReturnValue:
    try:
        _prove(request.form.get("proof", ""), "proof")
    except Invalid as error:
        return _page(errors={error.field: opening(error.message)}), 400
    second_factor.remove(system(), current_user.user.id)
    return redirect(url_for("own_account.page", _anchor="second-factor"))


def _prove(password: str, field: str) -> None:
    """That it is still the same person at the keyboard. Raises Invalid."""
    user, address = current_user.user, request.remote_addr or ""
    try:
        same = sign_in_rules.with_password(system(), user.name, password, address, f"session:{current_user.session_id}")
    except TooManyTries as pause:
        raise Invalid(field, pause.message.template, **pause.message.facts) from pause
    if same is None:
        raise Invalid(field, "this is not the password")


def _page(errors: dict[str, str] | None = None) -> str:
    user = accounts.get(system(), current_user.user.id)
    return render_template(
        "account/page.html",
        user=user,
        sessions=signed_in.of(system(), user),
        browser=browsers.named,
        this_session=current_user.session_id,
        has_second_factor=second_factor.active(system(), user.id),
        codes_left=second_factor.codes_left(system(), user),
        changed=request.args.get("done") == "password",
        errors=errors or {},
        shortest=passwords.SHORTEST,
    )


def _second_factor(errors: dict[str, str]) -> str:
    user = current_user.user
    secret = second_factor.proposed(system(), user)
    content: dict[str, Any] = {"secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))}
    code = segno.make(second_factor.address(user, secret), error="m", micro=False)
    drawn = code.svg_inline(omitsize=True, light="#fff", border=3, svgclass="qr", title=gettext("QR code"))
    return render_template("account/second_factor.html", **content, qr=Markup(drawn), errors=errors)  # noqa: S704
