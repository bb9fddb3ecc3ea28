"""What accounts wish for themselves, and what the owner chose for the whole house."""

from __future__ import annotations

import sqlite3


def of(db: sqlite3.Connection, user_id: int) -> dict[str, str]:
    rows = db.execute("SELECT name, value FROM preferences WHERE user_id = ?", (user_id,))
    return {row["name"]: row["value"] for row in rows}


def put(db: sqlite3.Connection, user_id: int, name: str, value: str) -> None:
    db.execute(
        "INSERT INTO preferences (user_id, name, value) VALUES (?, ?, ?)"
        " ON CONFLICT (user_id, name) DO UPDATE SET value = excluded.value",
        (user_id, name, value),
    )


def of_the_house(db: sqlite3.Connection) -> dict[str, str]:
    return {row["name"]: row["value"] for row in db.execute("SELECT name, value FROM choices")}


def put_for_the_house(db: sqlite3.Connection, name: str, value: str) -> None:
    db.execute(
        "INSERT INTO choices (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )
