"""Browsers that are signed in, each by the hash of the key in its cookie."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Session:
    """Times in UTC seconds."""

    id: int
    user_id: int
    created_at: int
    seen_at: int
    address: str
    browser: str


_COLUMNS = "id, user_id, created_at, seen_at, address, browser"


def begin(db: sqlite3.Connection, key_hash: str, user_id: int, at: int, address: str, browser: str) -> None:
    db.execute(
        "INSERT INTO sessions (key_hash, user_id, created_at, seen_at, address, browser) VALUES (?, ?, ?, ?, ?, ?)",
        (key_hash, user_id, at, at, address, browser),
    )


def find(db: sqlite3.Connection, key_hash: str) -> Session | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM sessions WHERE key_hash = ?", (key_hash,)).fetchone()
    return Session(*row) if row else None


def of_user(db: sqlite3.Connection, user_id: int) -> list[Session]:
    """The one that was used last first."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM sessions WHERE user_id = ? ORDER BY seen_at DESC, id DESC", (user_id,))
    return [Session(*row) for row in rows]


def see(db: sqlite3.Connection, session_id: int, at: int, address: str) -> None:
    db.execute("UPDATE sessions SET seen_at = ?, address = ? WHERE id = ?", (at, address, session_id))


def end(db: sqlite3.Connection, user_id: int, session_id: int) -> None:
    db.execute("DELETE FROM sessions WHERE user_id = ? AND id = ?", (user_id, session_id))


def end_all(db: sqlite3.Connection, user_id: int, but: int | None = None) -> None:
    """All of this account, but one of them where it is named."""
    db.execute("DELETE FROM sessions WHERE user_id = ? AND id IS NOT ?", (user_id, but))


def end_beyond(db: sqlite3.Connection, user_id: int, most: int) -> None:
    """Those of this account that were used longest ago, but for so many."""
    db.execute(
        "DELETE FROM sessions WHERE user_id = ?1 AND id NOT IN"
        " (SELECT id FROM sessions WHERE user_id = ?1 ORDER BY seen_at DESC, id DESC LIMIT ?2)",
        (user_id, most),
    )


def end_old(db: sqlite3.Connection, seen_before: int, begun_before: int) -> None:
    """Those that nobody used since, or that began before."""
    db.execute("DELETE FROM sessions WHERE seen_at < ? OR created_at < ?", (seen_before, begun_before))
