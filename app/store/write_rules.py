"""Where nothing may be written, and which unconfirmed registers may be."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Writing is stopped in this scope (a heat pump's id, or EVERYWHERE) since then (UTC seconds), by somebody."""

    scope: str
    since: int
    actor: str


def stop(db: sqlite3.Connection, scope: str, at: int, actor: str) -> bool:
    """False when it was stopped already."""
    cursor = db.execute(
        "INSERT INTO write_stops (scope, since, actor) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", (scope, at, actor)
    )
    return cursor.rowcount == 1


def allow(db: sqlite3.Connection, scope: str) -> bool:
    """False when it was not stopped."""
    return db.execute("DELETE FROM write_stops WHERE scope = ?", (scope,)).rowcount == 1


def stops(db: sqlite3.Connection) -> dict[str, Stop]:
    """Every stop in force by its scope."""
    return {row["scope"]: Stop(**row) for row in db.execute("SELECT scope, since, actor FROM write_stops")}


def permit(db: sqlite3.Connection, heatpump_id: str, sensor: str, at: int, actor: str) -> None:
    """This register may be written although only one source describes it."""
    db.execute(
        "INSERT INTO write_permits (heatpump_id, sensor, since, actor) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (heatpump_id, sensor, at, actor),
    )


def forbid(db: sqlite3.Connection, heatpump_id: str, sensor: str) -> None:
    db.execute("DELETE FROM write_permits WHERE heatpump_id = ? AND sensor = ?", (heatpump_id, sensor))


def permitted(db: sqlite3.Connection, heatpump_id: str) -> frozenset[str]:
    """The sensors of this heat pump that the owner wants to be written all the same."""
    rows = db.execute("SELECT sensor FROM write_permits WHERE heatpump_id = ?", (heatpump_id,))
    return frozenset(row["sensor"] for row in rows)
