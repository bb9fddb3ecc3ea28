"""Who may call which view. Every view says so itself; one that does not stops the start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from app.services import accounts
from app.services.rights import Access
from app.web import belonging
from app.web.parts import system

View = TypeVar("View", bound=Callable[..., Any])

LIBRARY_VIEWS = {"static": Access.PUBLIC, "bootstrap.static": Access.PUBLIC}
"""Files that Flask and Bootstrap-Flask serve; their views are not ours to decorate."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def public(view: View) -> View:
    """Anybody may call it."""
    return _decided(view, Access.PUBLIC)


def own_account(view: View) -> View:
    """Everybody with an account may call it, about the own account; no token."""
    return _decided(view, Access.OWN_ACCOUNT)


def signed_in(view: View) -> View:
    """Reading: everybody with an account, and tokens of the scope read."""
    return _decided(view, Access.READING)


def controlling(view: View) -> View:
    """Operating heat pumps: owners, installers, and tokens of the scope control."""
    return _decided(view, Access.CONTROLLING)


def owner_only(view: View) -> View:
    """Only owners may call it; no token."""
    return _decided(view, Access.OWNING)


def scraping(view: View) -> View:
    """Everybody with an account, tokens of the scope metrics, and the metrics_token of the settings."""
    return _decided(view, Access.SCRAPING)


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
            raise RuntimeError(
                f"{endpoint}: say @public, @signed_in or @owner_only (or @controlling, @own_account, @scraping)"
            )


def guard() -> ResponseReturnValue | None:
    """Before every request: an unknown address needs a login too, so that nobody can probe for addresses."""
    access = decision(current_app, request.endpoint)
    if access is Access.PUBLIC:
        return None
    if not current_user.is_authenticated:
        if access is Access.SCRAPING:
            return _scraper_or_sign_in()
        return _sign_in_first()
    if access is None:
        return None  # there is no such address or method, as the answer will say
    if not _may(access):
        abort(403, _refusal(access))
    as_json = asks_for_json()
    if as_json:
        request.get_data()  # keeps it: curl calls every body a form, and reading that would leave nothing of the JSON
    theirs = current_user.rights.heatpumps
    if theirs is not None and access is not Access.OWN_ACCOUNT:
        belonging.refuse_foreign(theirs, changes=access is Access.CONTROLLING, as_json=as_json)
    return None


def may_change_heatpumps() -> bool:
    """Add, change and remove them, and everything else that is the owner's."""
    return bool(current_user.is_authenticated and current_user.rights.may(Access.OWNING))


def may_control() -> bool:
    """Write settings, plan jobs, acknowledge alerts."""
    return bool(current_user.is_authenticated and current_user.rights.may(Access.CONTROLLING))


def asks_for_json() -> bool:
    return request.path == "/api" or request.path.startswith("/api/")


def _may(access: Access) -> bool:
    changes = request.method not in SAFE_METHODS
    if access is Access.READING and changes and current_user.is_token:
        access = Access.CONTROLLING
    return bool(current_user.rights.may(access))


def _refusal(access: Access) -> str:
    if current_user.is_token:
        return str(gettext("The scopes of this token do not allow that."))
    if access is Access.CONTROLLING:
        return str(gettext("Only the owner or an installer may do that."))
    return str(gettext("Only the owner may do that."))


def _scraper_or_sign_in() -> ResponseReturnValue | None:
    """A program cannot follow us to a form: it learns what is missing at once."""
    if accounts.is_the_scraper(system(), request.headers.get("Authorization", "")):
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
