"""The accounts, for owners: adding one, changing what it may do and see, a new password, and removing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.messages import Conflict, Invalid
from app.services import accounts, passwords, second_factor, signed_in
from app.services.rights import ROLES
from app.store.users import User
from app.web import bounds, sessions, visible
from app.web.access import owner_only
from app.web.languages import opening
from app.web.parts import system

ROLE_WORDS: Mapping[str, Callable[[], str]] = {
    "owner": lambda: gettext("Owner"),
    "installer": lambda: gettext("Installer"),
    "viewer": lambda: gettext("Viewer"),
}
ROLE_HINTS: Mapping[str, Callable[[], str]] = {
    "owner": lambda: gettext("May do everything, also add and change people."),
    "installer": lambda: gettext("Changes settings, plans jobs and maintenance, acknowledges alerts, keeps notes."),
    "viewer": lambda: gettext("Looks at everything and changes nothing."),
}

pages = Blueprint("people", __name__, url_prefix="/people")


@pages.get("/")
@owner_only
def page() -> ResponseReturnValue:
    return render_template(
        "people/page.html",
        people=accounts.all_of_them(system()),
        names={pump.id: pump.name for pump in visible.heat_pumps()},
        with_second_factor=second_factor.accounts_with_one(system()),
        roles={role: ROLE_WORDS[role]() for role in ROLES},
        over=lambda user: signed_in.over(user, system().clock()),
        last_day=bounds.last_day_in_words,
    )


@pages.get("/add")
@owner_only
def add() -> ResponseReturnValue:
    return _form(None, {"role": "installer", "seen": [], "sees": "all"})


@pages.post("/add")
@owner_only
def keep_new() -> ResponseReturnValue:
    fields = request.form
    try:
        accounts.create(
            system(),
            fields.get("username", ""),
            fields.get("password", ""),
            fields.get("role", ""),
            bounds.expiry(),
            bounds.heatpumps(),
        )
    except (Invalid, Conflict) as error:
        return _form(None, _typed(), {error.field: opening(error.message)}), 400
    return redirect(url_for("people.page"))


@pages.get("/<int:user_id>")
@owner_only
def edit(user_id: int) -> ResponseReturnValue:
    user = accounts.get(system(), user_id)
    sees = "all" if user.heatpumps is None else "some"
    return _form(
        user,
        {
            "role": user.role,
            "expires": bounds.last_day(user.expires_at),
            "sees": sees,
            "seen": sorted(user.heatpumps or ()),
        },
    )


@pages.post("/<int:user_id>")
@owner_only
def keep_changes(user_id: int) -> ResponseReturnValue:
    user = accounts.get(system(), user_id)
    try:
        accounts.bound(system(), user, request.form.get("role", ""), bounds.expiry(), bounds.heatpumps())
    except Invalid as error:
        return _form(user, _typed(), {error.field: opening(error.message)}), 400
    return redirect(url_for("people.page"))


@pages.post("/<int:user_id>/password")
@owner_only
def set_password(user_id: int) -> ResponseReturnValue:
    """Somebody has forgotten it. The account is signed out everywhere."""
    user = accounts.get(system(), user_id)
    try:
        sessions.set_password(user, request.form.get("password", ""))
    except Invalid as error:
        return _form(user, _typed(), {error.field: opening(error.message)}), 400
    return redirect(url_for("people.page"))


@pages.post("/<int:user_id>/<any(sessions, second_factor, account):what>/remove")
@owner_only
def remove(user_id: int, what: str) -> ResponseReturnValue:
    """Sign the account out everywhere, take its second factor away (a lost phone), or remove it altogether."""
    user = accounts.get(system(), user_id)
    if what == "sessions":
        signed_in.end_all(system(), user_id)
    elif what == "second_factor":
        second_factor.remove(system(), user_id)
    else:
        try:
            accounts.remove(system(), user)
        except Invalid as error:
            return _form(user, _typed(), {"name": opening(error.message)}), 400
        return redirect(url_for("people.page"))
    return redirect(url_for("people.edit", user_id=user_id))


def _typed() -> dict[str, Any]:
    fields = request.form
    names = ("username", "role", "expires", "sees")
    return {**{name: fields.get(name, "") for name in names}, "seen": fields.getlist("seen")}


def _form(user: User | None, typed: dict[str, Any], errors: dict[str, str] | None = None) -> str:
    return render_template(
        "people/form.html",
        user=user,
        typed=typed,
        errors=errors or {},
        roles={role: (ROLE_WORDS[role](), ROLE_HINTS[role]()) for role in ROLES},
        pumps=visible.heat_pumps(),
        shortest=passwords.SHORTEST,
        sessions=[] if user is None else signed_in.of(system(), user),
        has_second_factor=user is not None and second_factor.active(system(), user.id),
    )
