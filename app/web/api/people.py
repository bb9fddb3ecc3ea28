"""/api/people: the accounts, for owners."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from app.services import accounts, checks, second_factor, signed_in
from app.store.users import User
from app.web import bounds, sessions
from app.web.access import owner_only
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import people as shapes
from app.web.parts import system


@interface.get("/people")
@owner_only
@described("The accounts, by name", shapes.People)
def all_people() -> ResponseReturnValue:
    return answer({"people": [_person(user) for user in accounts.all_of_them(system())]})


@interface.post("/people")
@owner_only
@described("Add an account", shapes.Person, status=201, sends=shapes.PersonSent)
def add_person() -> ResponseReturnValue:
    sent = sent_object()
    checks.only(sent, "", ("username", "password", "role", *bounds.FIELDS))
    name = checks.text("username", sent.get("username"))
    password, role = checks.text("password", sent.get("password")), checks.text("role", sent.get("role"))
    accounts.create(system(), name, password, role, bounds.expiry_of(sent), bounds.heatpumps_of(sent))
    user = accounts.named(system(), name)
    return answer(_person(user), 201, {"Location": url_for("api.one_person", user_id=user.id)})


@interface.get("/people/<int:user_id>")
@owner_only
@described("One account", shapes.Person)
def one_person(user_id: int) -> ResponseReturnValue:
    return answer(_person(accounts.get(system(), user_id)))


@interface.put("/people/<int:user_id>")
@owner_only
@described("Change what is sent of an account, from its next request on", shapes.Person, sends=shapes.PersonChanged)
def change_person(user_id: int) -> ResponseReturnValue:
    user, sent = accounts.get(system(), user_id), sent_object()
    checks.only(sent, "", ("role", *bounds.FIELDS))
    accounts.bound(
        system(),
        user,
        checks.text("role", sent.get("role", user.role)),
        bounds.expiry_of(sent) if "expires" in sent else user.expires_at,
        bounds.heatpumps_of(sent) if "heatpumps" in sent else user.heatpumps,
    )
    return answer(_person(accounts.get(system(), user_id)))


@interface.delete("/people/<int:user_id>")
@owner_only
@described("Remove an account, with its sessions and the tokens that it made")
def remove_person(user_id: int) -> ResponseReturnValue:
    accounts.remove(system(), accounts.get(system(), user_id))
    return "", 204


@interface.put("/people/<int:user_id>/password")
@owner_only
@described("A new password; the account is signed out everywhere", sends=shapes.PasswordSent)
def set_password_of_person(user_id: int) -> ResponseReturnValue:
    """But for the session that asks, where it is the own one."""
    user, sent = accounts.get(system(), user_id), sent_object()
    checks.only(sent, "", ("password",))
    sessions.set_password(user, checks.text("password", sent.get("password")))
    return "", 204


@interface.delete("/people/<int:user_id>/sessions")
@owner_only
@described("Sign an account out everywhere")
def sign_person_out(user_id: int) -> ResponseReturnValue:
    signed_in.end_all(system(), accounts.get(system(), user_id).id)
    return "", 204


@interface.delete("/people/<int:user_id>/second-factor")
@owner_only
@described("Take the second factor of an account away: a lost phone")
def remove_second_factor_of_person(user_id: int) -> ResponseReturnValue:
    second_factor.remove(system(), accounts.get(system(), user_id).id)
    return "", 204


def _person(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.name,
        "role": user.role,
        "created_at": user.created_at,
        "expires": bounds.last_day(user.expires_at) or None,
        "expired": signed_in.over(user, system().clock()),
        "heatpumps": None if user.heatpumps is None else sorted(user.heatpumps),
        "second_factor": second_factor.active(system(), user.id),
    }
