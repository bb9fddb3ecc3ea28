"""Who may call which view. Every view says so itself; one that does not stops the start."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.services import accounts
from app.web.parts import system

View = TypeVar("View", bound=Callable[..., Any])


class Access(Enum):
    PUBLIC = auto()
    SIGNED_IN = auto()
    SIGNED_IN_OR_TOKEN = auto()
    OWNER = auto()


LIBRARY_VIEWS = {"static": Access.PUBLIC, "bootstrap.static": Access.PUBLIC}
"""Files that Flask and Bootstrap-Flask serve; their views are not ours to decorate."""


def public(view: View) -> View:
    """Anybody may call it."""
    return _decided(view, Access.PUBLIC)


def signed_in(view: View) -> View:
    """Everybody with an account may call it."""
    return _decided(view, Access.SIGNED_IN)


def signed_in_or_token(view: View) -> View:
    """Everybody with an account may call it, and a program that sends the configured token."""
    return _decided(view, Access.SIGNED_IN_OR_TOKEN)


def owner_only(view: View) -> View:
    """Only owners may call it."""
    return _decided(view, Access.OWNER)


def _decided(view: View, access: Access) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def decision(app: Flask, endpoint: str | None) -> Access | None:
    """Who may call this endpoint; None when its view does not say."""
    if endpoint in LIBRARY_VIEWS:
        return LIBRARY_VIEWS[endpoint]
    return getattr(app.view_functions.get(endpoint or ""), "access", None)


def check_decisions(app: Flask) -> None:
    """Raises RuntimeError for a view that does not say who may call it."""
    for endpoint in app.view_functions:
        if decision(app, endpoint) is None:
            raise RuntimeError(f"{endpoint}: say @public, @signed_in or @owner_only (or @signed_in_or_token)")


def guard() -> ResponseReturnValue | None:
    """Before every request: an unknown address needs a login too, so that nobody can probe for addresses."""
    access = decision(current_app, request.endpoint)
    if access is Access.PUBLIC:
        return None
    if access is Access.SIGNED_IN_OR_TOKEN:
        return _token_or_sign_in()
    if not current_user.is_authenticated:
        return _sign_in_first()
    if access is Access.OWNER and not may_change_heatpumps():
        abort(403, gettext("Only the owner may do that."))
    return None


def may_change_heatpumps() -> bool:
    return bool(current_user.is_authenticated and current_user.role == "owner")


def asks_for_json() -> bool:
    return request.path == "/api" or request.path.startswith("/api/")


def _token_or_sign_in() -> ResponseReturnValue | None:
    """A program cannot follow us to a form: it learns what is missing at once."""
    is_the_scraper = accounts.is_the_scraper(system(), request.headers.get("Authorization", ""))
    if is_the_scraper or current_user.is_authenticated:
        return None
    said = gettext("Sign in first, or send the metrics_token of the settings as a bearer token.")
    return Response(f"{said}\n", 401, {"WWW-Authenticate": "Bearer"}, content_type="text/plain; charset=utf-8")


def _sign_in_first() -> ResponseReturnValue:
    if asks_for_json():
        return jsonify(error=gettext("Sign in first.")), 401
    if accounts.first_start(system()):
        return redirect(url_for("account.setup"))
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("account.login", next=wanted if wanted != "/" else None))
