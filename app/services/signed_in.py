"""Browsers that are signed in: begun with a key for the cookie, seen now and then, and ended by either side."""

from __future__ import annotations

import secrets
import sqlite3
from hashlib import sha256

from app.store import sessions, users
from app.store.sessions import Session
from app.store.users import User
from app.system import System

IDLE_S = 30 * 86_400
"""A session ends when it was not used for so long …"""

LONGEST_S = 365 * 86_400
"""… and after a year in any case."""

MOST = 500
"""Of one account: a program that signs in anew for each request must fill neither its list of browsers nor the disk."""

SEEN_EVERY_S = 3600
LONGEST_BROWSER = 200


def begin(system: System, user: User, address: str, browser: str) -> str:
    """The key for the cookie, which is kept nowhere else."""
    key, now = secrets.token_urlsafe(32), int(system.clock())
    with system.database.transaction() as db:
        sessions.end_old(db, now - IDLE_S, now - LONGEST_S)
        sessions.begin(db, _hash(key), user.id, now, address, browser[:LONGEST_BROWSER])
        sessions.end_beyond(db, user.id, MOST)
    return key


def who(system: System, key: str, address: str) -> tuple[User, Session] | None:
    """The account and session of this key, while both count."""
    now, db = int(system.clock()), system.database.connection()
    found = sessions.find(db, _hash(key))
    if found is None or found.seen_at < now - IDLE_S or found.created_at < now - LONGEST_S:
        return None
    user = users.find(db, found.user_id)
    if user is None or over(user, now):
        return None
    if abs(now - found.seen_at) >= SEEN_EVERY_S or found.address != address:
        _see(system, found, now, address)
    return user, found


def over(user: User, now: float) -> bool:
    """The account has expired."""
    return user.expires_at is not None and user.expires_at <= now


def of(system: System, user: User) -> list[Session]:
    """The one that was used last first; those that do not count any more are left out."""
    now = system.clock()
    return [each for each in sessions.of_user(system.database.connection(), user.id) if each.seen_at >= now - IDLE_S]


def end(system: System, user: User, session_id: int) -> None:
    with system.database.transaction() as db:
        sessions.end(db, user.id, session_id)


def end_all(system: System, user_id: int, but: int | None = None) -> None:
    with system.database.transaction() as db:
        sessions.end_all(db, user_id, but)


def _see(system: System, session: Session, now: int, address: str) -> None:
    try:
        with system.database.transaction() as db:
            sessions.see(db, session.id, now, address)
    except sqlite3.OperationalError:
        pass  # a full disk must not keep anybody from looking


def _hash(key: str) -> str:
    return sha256(key.encode()).hexdigest()
