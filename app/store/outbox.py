"""Polls whose samples still have to reach another database: references into the history, oldest first."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

_DROPPED = "outbox_dropped"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One poll; `at` in UTC seconds."""

    id: int
    heatpump_id: str
    at: int


def add(db: sqlite3.Connection, heatpump_id: str, at: int, limit: int) -> bool:
    """Let a poll wait; call it in the transaction that keeps the reading.

    What waits longest is kept longest: when `limit` polls wait already, the new one is left out and counted.
    """
    if length(db) >= limit:
        db.execute(
            "INSERT INTO counters (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
            (_DROPPED,),
        )
        return False
    db.execute("INSERT INTO outbox (heatpump_id, at) VALUES (?, ?)", (heatpump_id, at))
    return True


def first(db: sqlite3.Connection, number: int) -> list[Waiting]:
    """The polls that have waited longest, in order."""
    rows = db.execute("SELECT id, heatpump_id, at FROM outbox ORDER BY id LIMIT ?", (number,))
    return [Waiting(*row) for row in rows]


def oldest(db: sqlite3.Connection, heatpump_id: str) -> int | None:
    """The earliest time among the waiting polls of one heat pump."""
    at: int | None = db.execute("SELECT min(at) FROM outbox WHERE heatpump_id = ?", (heatpump_id,)).fetchone()[0]
    return at


def remove(db: sqlite3.Connection, up_to_id: int) -> None:
    """These and all older ones have arrived."""
    db.execute("DELETE FROM outbox WHERE id <= ?", (up_to_id,))


def length(db: sqlite3.Connection) -> int:
    """How many wait at most: holes that a removed heat pump left are counted, because counting rows would be slow."""
    number: int = db.execute(
        "SELECT ifnull((SELECT max(id) FROM outbox) - (SELECT min(id) FROM outbox) + 1, 0)"
    ).fetchone()[0]
    return number


def dropped(db: sqlite3.Connection) -> int:
    """How many polls were left out since the database was made."""
    row = db.execute("SELECT value FROM counters WHERE name = ?", (_DROPPED,)).fetchone()
    return row[0] if row else 0
