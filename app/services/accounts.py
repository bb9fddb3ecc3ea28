"""Accounts: making and changing them, and finding out who signs in."""

from __future__ import annotations

import sqlite3
from hmac import compare_digest

from app.messages import Conflict, Invalid, NotFound
from app.services import passwords, signed_in, throttle
from app.services.rights import ROLES
from app.store import heatpumps as heatpumps_of
from app.store import sessions, tokens, users
from app.store.among import Among
from app.store.users import User
from app.system import System


def create(
    system: System,
    name: str,
    password: str,
    role: str,
    expires_at: int | None = None,
    heatpumps: Among = None,
    *,
    first: bool = False,
) -> None:
    """A new account; with `first` only while there is none. Raises Invalid or Conflict, naming the field."""
    name = name.strip()
    if not name or len(name) > 80 or not name.isprintable():
        raise Invalid("username", "a user name has 1 to 80 characters")
    expires_at, heatpumps = _bounds(system, role, expires_at, heatpumps)
    passwords.check(password, name)
    if users.named(system.database.connection(), name) is not None:
        raise Conflict("username", "there is an account %(name)s already", name=name)
    password_hash = passwords.hashed(password)
    try:
        with system.database.transaction() as db:
            if first and users.any_at_all(db):  # somebody else was faster while the password was hashed
                raise _first_is_there()
            user_id = users.add(db, name, password_hash, role, int(system.clock()))
            users.bound(db, user_id, role, expires_at, heatpumps)
    except sqlite3.IntegrityError:
        raise Conflict("username", "there is an account %(name)s already", name=name) from None


def create_first(system: System, name: str, password: str) -> None:
    """The owner's account, as long as there is none at all. Raises Invalid or Conflict."""
    if not first_start(system):
        raise _first_is_there()
    create(system, name, password, "owner", first=True)


def first_start(system: System) -> bool:
    """Nobody has an account yet."""
    return not users.any_at_all(system.database.connection())


def all_of_them(system: System) -> list[User]:
    return users.all_of_them(system.database.connection())


def find(system: System, user_id: int) -> User | None:
    return users.find(system.database.connection(), user_id)


def get(system: System, user_id: int) -> User:
    """Raises NotFound."""
    found = users.find(system.database.connection(), user_id)
    if found is None:
        raise NotFound("there is no account %(id)s", id=user_id)
    return found


def named(system: System, name: str) -> User:
    """Raises NotFound."""
    found = users.named(system.database.connection(), name.strip())
    if found is None:
        raise NotFound("there is no account %(id)s", id=name)
    return found


def bound(system: System, user: User, role: str, expires_at: int | None, heatpumps: Among) -> None:
    """Another role, expiry or choice of heat pumps, from the next request on. Raises Invalid."""
    expires_at, heatpumps = _bounds(system, role, expires_at, heatpumps)
    with system.database.transaction() as db:
        if role != "owner":
            _keep_an_owner(db, user, "role")
            tokens.remove_of(db, user.id)
        users.bound(db, user.id, role, expires_at, heatpumps)


def remove(system: System, user: User) -> None:
    """With its sessions and the tokens that it made; what it wrote stays in the audit. Raises Invalid."""
    with system.database.transaction() as db:
        _keep_an_owner(db, user, "name")
        users.remove(db, user.id)


def set_password(system: System, user: User, password: str, keep_session: int | None = None) -> None:
    """Every session of the account ends, but the one that is named. Raises Invalid."""
    passwords.check(password, user.name)
    password_hash = passwords.hashed(password)
    with system.database.transaction() as db:
        users.set_password(db, user.id, password_hash)
        sessions.end_all(db, user.id, keep_session)
    throttle.forgive(system, throttle.account(user.name))


def who(system: System, name: str, password: str) -> User | None:
    """The user with this name and password; nobody whose account has expired."""
    user = users.named(system.database.connection(), name.strip())
    if user is None:
        passwords.spend_as_long()  # an unknown name takes as long as a wrong password
        return None
    right = passwords.matches(user.password_hash, password)
    return user if right and not signed_in.over(user, system.clock()) else None


def is_the_scraper(system: System, authorization: str) -> bool:
    """`Bearer …` with the configured token; never true while none is configured."""
    scheme, _, token = authorization.partition(" ")
    wanted = system.config.metrics_token
    # compared as bytes and in constant time, so that neither its length nor its letters can be found out by trying
    same = compare_digest(token.strip().encode(), wanted.encode())
    return bool(wanted) and scheme.lower() == "bearer" and same


def set_language(system: System, user: User, language: str) -> None:
    with system.database.transaction() as db:
        users.set_language(db, user.id, language)


def _bounds(system: System, role: str, expires_at: int | None, heatpumps: Among) -> tuple[int | None, Among]:
    """As they can be kept: an owner is for good and sees everything. Raises Invalid."""
    if role not in ROLES:
        raise Invalid("role", "%(role)s is not one of %(roles)s", role=role, roles=", ".join(ROLES))
    if role == "owner":
        return None, None
    if expires_at is not None and expires_at <= system.clock():
        raise Invalid("expires", "this day is over already")
    known = {pump.id for pump in heatpumps_of.all_of_them(system.database.connection())}
    if heatpumps is not None and not heatpumps <= known:
        raise Invalid("heatpumps", "one of these heat pumps is gone")
    return expires_at, heatpumps


def _first_is_there() -> Conflict:
    return Conflict("username", "the owner's account exists already; sign in with it")


def _keep_an_owner(db: sqlite3.Connection, user: User, field: str) -> None:
    if user.role == "owner" and users.owners(db) == 1:
        raise Invalid(field, "this is the only owner; make another one first")
