"""Keys of programs: made by an owner, shown once, and good for what their scopes say."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Collection
from hashlib import sha256

from app.messages import Conflict, Invalid, NotFound
from app.services import free_text
from app.services.rights import SCOPES
from app.store import tokens
from app.store.among import Among
from app.store.tokens import Token
from app.store.users import User
from app.system import System

PREFIX = "hpm_"
"""By which a key is recognised where it should not lie."""

LONGEST_NAME = 80
SEEN_EVERY_S = 3600


def all_of_them(system: System) -> list[Token]:
    return tokens.all_of_them(system.database.connection())


def get(system: System, token_id: int) -> Token:
    """Raises NotFound."""
    for each in all_of_them(system):
        if each.id == token_id:
            return each
    raise NotFound("there is no token %(id)d", id=token_id)


def named(system: System, name: str) -> Token:
    """Raises NotFound."""
    for each in all_of_them(system):
        if each.name == name.strip():
            return each
    raise NotFound("there is no token %(id)s", id=name)


def make(
    system: System, user: User, name: str, scopes: Collection[str], expires_at: int | None, heatpumps: Among
) -> str:
    """The key itself, which is kept nowhere. Raises Invalid or Conflict, naming the field."""
    name = name.strip()
    if not name or len(name) > LONGEST_NAME:
        raise Invalid("name", "a name has 1 to %(most)d characters", most=LONGEST_NAME)
    free_text.check("name", name, LONGEST_NAME)
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Invalid("scopes", "choose at least one of %(scopes)s", scopes=", ".join(SCOPES))
    if expires_at is not None and expires_at <= system.clock():
        raise Invalid("expires", "this day is over already")
    if tokens.named(system.database.connection(), name):
        raise Conflict("name", "there is a token %(name)s already", name=name)
    key, chosen = PREFIX + secrets.token_urlsafe(32), tuple(each for each in SCOPES if each in scopes)
    try:
        with system.database.transaction() as db:
            tokens.add(db, name, _hash(key), chosen, user.id, int(system.clock()), expires_at, heatpumps)
    except sqlite3.IntegrityError:
        raise Invalid("heatpumps", "one of these heat pumps is gone") from None
    return key


def of(system: System, key: str) -> Token | None:
    """The token with this key, as long as it counts."""
    now = int(system.clock())
    found = tokens.by_key(system.database.connection(), _hash(key))
    if found is None or (found.expires_at is not None and found.expires_at <= now):
        return None
    if found.used_at is None or abs(now - found.used_at) >= SEEN_EVERY_S:
        _see(system, found, now)
    return found


def revoke(system: System, token_id: int) -> None:
    """Raises NotFound."""
    with system.database.transaction() as db:
        if not tokens.remove(db, token_id):
            raise NotFound("there is no token %(id)d", id=token_id)


def _see(system: System, token: Token, now: int) -> None:
    try:
        with system.database.transaction() as db:
            tokens.use(db, token.id, now)
    except sqlite3.OperationalError:
        pass  # a full disk must not keep anybody from reading


def _hash(key: str) -> str:
    """A key is 256 random bits, so that no slow hash is needed; finding it by its hash tells nothing by its time."""
    return sha256(key.encode()).hexdigest()
