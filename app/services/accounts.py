"""Accounts: making them, and finding out who signs in."""

from __future__ import annotations

import sqlite3
from hmac import compare_digest

from werkzeug.security import check_password_hash, generate_password_hash

from app.messages import Conflict, Invalid
from app.services.rights import ROLES
from app.store import users
from app.store.users import User
from app.system import System

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 1000


def create(system: System, name: str, password: str, role: str) -> None:
    """A new account. Raises Invalid or Conflict, naming the field."""
    name = name.strip()
    if not name or len(name) > 80:
        raise Invalid("username", "a user name has 1 to 80 characters")
    if role not in ROLES:
        raise Invalid("role", "%(role)s is not one of %(roles)s", role=role, roles=", ".join(ROLES))
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid("password", "a password has at least %(least)d characters", least=SHORTEST_PASSWORD)
    try:
        with system.database.transaction() as db:
            users.add(db, name, generate_password_hash(password), role, int(system.clock()))
    except sqlite3.IntegrityError:
        raise Conflict("username", "there is an account %(name)s already", name=name) from None


def create_first(system: System, name: str, password: str) -> None:
    """The owner's account, as long as there is none at all. Raises Invalid or Conflict."""
    if not first_start(system):
        raise Conflict("username", "the owner's account exists already; sign in with it")
    create(system, name, password, "owner")


def first_start(system: System) -> bool:
    """Nobody has an account yet."""
    return not users.any_at_all(system.database.connection())


def find(system: System, user_id: int) -> User | None:
    return users.find(system.database.connection(), user_id)


def who(system: System, name: str, password: str) -> User | None:
    """The user with this name and password."""
    user = users.named(system.database.connection(), name.strip())
    if user is None:
        generate_password_hash(password[:LONGEST_PASSWORD])  # an unknown name takes as long as a wrong password
        return None
    return user if check_password_hash(user.password_hash, password[:LONGEST_PASSWORD]) else None


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
