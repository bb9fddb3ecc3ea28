"""The owner's first account, signing in and out, and the language."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, refresh
from flask_login import current_user

from app.messages import Conflict, Invalid
from app.services import accounts, passwords, second_factor, sign_in_rules
from app.services.throttle import TooManyTries
from app.store.users import User
from app.web import sessions
from app.web.access import own_account, public
from app.web.languages import LANGUAGES, opening
from app.web.parts import system

CODE_WITHIN_S = 300
"""How long somebody who gave the password has for the code of the second factor."""

pages = Blueprint("account", __name__)


@pages.get("/setup")
@public
def setup() -> ResponseReturnValue:
    """The first page of a new installation."""
    if not accounts.first_start(system()):
        return redirect(url_for("account.login"))
    return _setup({}, {})


@pages.post("/setup")
@public
def create_first_account() -> ResponseReturnValue:
    if not accounts.first_start(system()):
        return redirect(url_for("account.login"))
    name, password = request.form.get("username", ""), request.form.get("password", "")
    try:
        if password != request.form.get("password_again", ""):
            raise Invalid("password_again", "the two passwords are not the same")
        accounts.create_first(system(), name, password)
    except Conflict:
        return redirect(url_for("account.login"))  # somebody else was faster
    except Invalid as error:
        return _setup({error.field: opening(error.message)}, {"username": name}), 400
    user = accounts.who(system(), name, password)
    assert user is not None
    return _welcome(user, None)


@pages.get("/login")
@public
def login() -> ResponseReturnValue:
    if accounts.first_start(system()):
        return redirect(url_for("account.setup"))
    if current_user.is_authenticated:
        return redirect(safe_target(request.args.get("next")))
    return _login({}, {}, request.args.get("next", ""))


@pages.post("/login")
@public
def sign_in() -> ResponseReturnValue:
    if accounts.first_start(system()):
        return redirect(url_for("account.setup"))
    name, target = request.form.get("username", ""), request.form.get("next", "")
    known, address = sessions.known_as(name), request.remote_addr or ""
    try:
        user = sign_in_rules.with_password(system(), name, request.form.get("password", ""), address, known)
    except TooManyTries as pause:
        return _paused(_login({"form": opening(pause.message)}, {"username": name}, target), pause)
    if user is None:
        errors = {"form": gettext("Name and password do not match an account.")}
        return _login(errors, {"username": name}, target), 401
    if second_factor.active(system(), user.id):
        session["half"] = [user.id, int(system().clock()), passwords.fingerprint(user.password_hash)]
        return redirect(url_for("account.code", next=target or None))
    return _welcome(user, target)


@pages.get("/login/code")
@public
def code() -> ResponseReturnValue:
    """The second half of signing in, for accounts with a second factor."""
    if _halfway() is None:
        return redirect(url_for("account.login"))
    return _code({}, request.args.get("next", ""))


@pages.post("/login/code")
@public
def sign_in_with_code() -> ResponseReturnValue:
    user, target = _halfway(), request.form.get("next", "")
    if user is None:
        return redirect(url_for("account.login"))
    try:
        right = sign_in_rules.with_code(
            system(), user, request.form.get("code", "")[:100], sessions.known_as(user.name)
        )
    except TooManyTries as pause:
        return _paused(_code({"code": opening(pause.message)}, target), pause)
    if not right:
        return _code({"code": gettext("This code is wrong, over, or was used before.")}, target), 401
    return _welcome(user, target)


@pages.post("/logout")
@own_account
def logout() -> ResponseReturnValue:
    sessions.sign_out()
    return redirect(url_for("account.login"))


@pages.post("/language")
@public
def choose_language() -> ResponseReturnValue:
    """Kept with the account, or for this session when nobody is signed in."""
    language = request.form.get("language", "")
    if language in LANGUAGES:
        session["language"] = language
        if current_user.is_authenticated and not current_user.is_token:
            accounts.set_language(system(), current_user.user, language)
        refresh()
    return redirect(safe_target(request.form.get("next")))


def safe_target(target: str | None) -> str:
    """Where to go next: a path of this site, else the overview."""
    home = url_for("overview.index")
    if not target or not target.startswith("/") or target.startswith("//"):
        return home
    if "\\" in target or any(ord(letter) < 0x20 for letter in target):
        return home  # browsers read a backslash as a slash and drop control characters
    try:
        parts = urlsplit(target)
    except ValueError:
        return home
    return home if parts.scheme or parts.netloc else target


def _welcome(user: User, target: str | None) -> ResponseReturnValue:
    sessions.sign_in(user)
    return sessions.remember(make_response(redirect(safe_target(target))), user.name)


def _halfway() -> User | None:
    """Who gave the right password a moment ago, and owes the code."""
    try:
        user_id, at, fingerprint = session.get("half", ())
        user = accounts.find(system(), user_id)
    except (TypeError, ValueError):
        return None
    if user is None or passwords.fingerprint(user.password_hash) != fingerprint:
        return None
    return user if 0 <= system().clock() - at <= CODE_WITHIN_S else None


def _setup(errors: dict[str, str], sent: dict[str, Any]) -> str:
    return render_template("account/setup.html", errors=errors, sent=sent, shortest=passwords.SHORTEST)


def _login(errors: dict[str, str], sent: dict[str, Any], target: str) -> str:
    return render_template("account/login.html", errors=errors, sent=sent, next=target)


def _code(errors: dict[str, str], target: str) -> str:
    return render_template("account/code.html", errors=errors, next=target)


def _paused(page: str, pause: TooManyTries) -> ResponseReturnValue:
    return page, 429, {"Retry-After": str(pause.wait_s)}
