"""The owner's own meters beside the heat pumps."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """One meter of a heat pump; `content` is JSON, `secret` names what is kept elsewhere (None: nothing)."""

    id: int
    heatpump_id: str
    content: str
    secret: str | None


def all_of_them(db: sqlite3.Connection) -> list[Kept]:
    return [Kept(*row) for row in db.execute("SELECT id, heatpump_id, content, secret FROM meters ORDER BY id")]


def of(db: sqlite3.Connection, heatpump_id: str) -> list[Kept]:
    rows = db.execute(
        "SELECT id, heatpump_id, content, secret FROM meters WHERE heatpump_id = ? ORDER BY id", (heatpump_id,)
    )
    return [Kept(*row) for row in rows]


def add(db: sqlite3.Connection, heatpump_id: str, content: str, secret: str | None) -> int:
    row = db.execute(
        "INSERT INTO meters (heatpump_id, content, secret) VALUES (?, ?, ?) RETURNING id",
        (heatpump_id, content, secret),
    ).fetchone()
    meter_id: int = row[0]
    return meter_id


def change(db: sqlite3.Connection, meter: Kept) -> None:
    db.execute("UPDATE meters SET content = ?, secret = ? WHERE id = ?", (meter.content, meter.secret, meter.id))


def remove(db: sqlite3.Connection, meter_id: int) -> None:
    db.execute("DELETE FROM meters WHERE id = ?", (meter_id,))
