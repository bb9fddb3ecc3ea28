"""Words that sensors have said, each kept once and numbered: a poll keeps the number."""

from __future__ import annotations

import sqlite3


def by_id(db: sqlite3.Connection) -> dict[int, str]:
    return {row["id"]: row["text"] for row in db.execute("SELECT id, text FROM texts")}


def number_of(db: sqlite3.Connection, text: str) -> int:
    """The number of a text, given when it is new."""
    row = db.execute("SELECT id FROM texts WHERE text = ?", (text,)).fetchone()
    if row is None:
        row = db.execute("INSERT INTO texts (text) VALUES (?) RETURNING id", (text,)).fetchone()
    number: int = row[0]
    return number
