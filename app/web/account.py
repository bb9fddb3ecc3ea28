"""The owner's first account, signing in and out, and the language."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, refresh
from flask_login import current_user

from app.messages import Conflict, Invalid
from app.services import accounts
from app.web import sessions
from app.web.access import public, signed_in
from app.web.languages import LANGUAGES, opening
from app.web.parts import system

pages = Blueprint("account", __name__)


@pages.get("/setup")
@public
def setup() -> ResponseReturnValue:
    """The first page of a new installation."""
    if not accounts.first_start(system()):
        return redirect(url_for("account.login"))
    return render_template("account/setup.html", errors={}, sent={})


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
        errors = {error.field: opening(error.message)}
        return render_template("account/setup.html", errors=errors, sent={"username": name}), 400
    user = accounts.who(system(), name, password)
    assert user is not None
    sessions.sign_in(user)
    return redirect(url_for("overview.index"))


@pages.get("/login")
@public
def login() -> ResponseReturnValue:
    if accounts.first_start(system()):
        return redirect(url_for("account.setup"))
    if current_user.is_authenticated:
        return redirect(safe_target(request.args.get("next")))
    return render_template("account/login.html", errors={}, sent={}, next=request.args.get("next", ""))


@pages.post("/login")
@public
def sign_in() -> ResponseReturnValue:
    if accounts.first_start(system()):
        return redirect(url_for("account.setup"))
    name, target = request.form.get("username", ""), request.form.get("next", "")
    user = accounts.who(system(), name, request.form.get("password", ""))
    if user is None:
        errors = {"form": gettext("Name and password do not match an account.")}
        return render_template("account/login.html", errors=errors, sent={"username": name}, next=target), 401
    sessions.sign_in(user)
    return redirect(safe_target(target))


@pages.post("/logout")
@signed_in
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
        if current_user.is_authenticated:
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
