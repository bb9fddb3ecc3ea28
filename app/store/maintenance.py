"""Times in which events are kept but not announced."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Once from `starts_at` to `ends_at` (UTC seconds), or on some weekdays (0 = Monday) between two minutes of the day
    of the owner's time zone. `heatpump_id`: None for all."""

    id: int
    heatpump_id: str | None
    note: str
    starts_at: int | None = None
    ends_at: int | None = None
    weekdays: tuple[int, ...] = ()
    from_minute: int | None = None
    to_minute: int | None = None


_COLUMNS = "id, heatpump_id, note, starts_at, ends_at, weekdays, from_minute, to_minute"


def all_of_them(db: sqlite3.Connection) -> list[Maintenance]:
    return [_maintenance(row) for row in db.execute(f"SELECT {_COLUMNS} FROM maintenance ORDER BY id")]


def of_heatpump(db: sqlite3.Connection, heatpump_id: str) -> list[Maintenance]:
    """Those of this heat pump, and those of all."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM maintenance WHERE heatpump_id = ? OR heatpump_id IS NULL", (heatpump_id,)
    )
    return [_maintenance(row) for row in rows]


def find(db: sqlite3.Connection, maintenance_id: int) -> Maintenance | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM maintenance WHERE id = ?", (maintenance_id,)).fetchone()
    return _maintenance(row) if row else None


def add(db: sqlite3.Connection, maintenance: Maintenance, at: int) -> Maintenance:
    row = db.execute(
        "INSERT INTO maintenance (heatpump_id, note, starts_at, ends_at, weekdays, from_minute, to_minute, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            maintenance.heatpump_id,
            maintenance.note,
            maintenance.starts_at,
            maintenance.ends_at,
            json.dumps(maintenance.weekdays) if maintenance.weekdays else None,
            maintenance.from_minute,
            maintenance.to_minute,
            at,
        ),
    ).fetchone()
    return replace(maintenance, id=row["id"])


def remove(db: sqlite3.Connection, maintenance_id: int) -> None:
    db.execute("DELETE FROM maintenance WHERE id = ?", (maintenance_id,))


def _maintenance(row: sqlite3.Row) -> Maintenance:
    return Maintenance(**{**dict(row), "weekdays": tuple(json.loads(row["weekdays"] or "[]"))})
