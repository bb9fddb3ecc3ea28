"""The figures of closed days: kept as they were computed, gone as soon as what they were made of changes."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """One day of a heat pump, since <= time < until (UTC seconds); `figures` is JSON."""

    heatpump_id: str
    since: int
    until: int
    figures: str


def keep(db: sqlite3.Connection, day: Kept, version: int) -> None:
    """Store a day in the place of what was stored of this time; call it inside a transaction."""
    forget(db, day.heatpump_id, day.since, day.until)
    db.execute(
        "INSERT INTO days (heatpump_id, since, until, version, figures) VALUES (?, ?, ?, ?, ?)",
        (day.heatpump_id, day.since, day.until, version, day.figures),
    )


def forget(db: sqlite3.Connection, heatpump_id: str, since: int, until: int) -> None:
    """The samples of this time have changed, or what is made of them: its days are to be computed anew."""
    db.execute("DELETE FROM days WHERE heatpump_id = ? AND since < ? AND until > ?", (heatpump_id, until, since))


def forget_all(db: sqlite3.Connection, heatpump_id: str) -> None:
    """All days of a heat pump are to be computed anew."""
    db.execute("DELETE FROM days WHERE heatpump_id = ?", (heatpump_id,))


def between(db: sqlite3.Connection, heatpump_id: str, start: int, end: int, version: int) -> list[Kept]:
    """The days that lie in start <= time < end, in order of time."""
    rows = db.execute(
        "SELECT heatpump_id, since, until, figures FROM days"
        " WHERE heatpump_id = ? AND since >= ? AND until <= ? AND version = ? ORDER BY since",
        (heatpump_id, start, end, version),
    )
    return [Kept(*row) for row in rows]


def done(db: sqlite3.Connection, heatpump_id: str, version: int) -> set[tuple[int, int]]:
    """since and until of every day that has figures of this version."""
    rows = db.execute("SELECT since, until FROM days WHERE heatpump_id = ? AND version = ?", (heatpump_id, version))
    return {(row["since"], row["until"]) for row in rows}
