"""The owner's dashboards, in their order."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

import msgspec

from app.dashboard import Config

_COLUMNS = "id, name, heatpump_id, config, position, version, created_at, updated_at"
_decoder = msgspec.json.Decoder(Config)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`heatpump_id`: None for one of the overview. `name` is empty for the model's own. UTC seconds."""

    id: int
    name: str
    heatpump_id: str | None
    config: Config
    position: int
    version: int
    created_at: int
    updated_at: int


def all_of_them(db: sqlite3.Connection) -> list[Dashboard]:
    """Those of the overview first, then heat pump by heat pump; each in the owner's order."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM dashboards ORDER BY heatpump_id, position, id")
    return [_dashboard(row) for row in rows]


def of(db: sqlite3.Connection, heatpump_id: str | None) -> list[Dashboard]:
    """Those of a heat pump, or of the overview (None)."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM dashboards WHERE heatpump_id IS ? ORDER BY position, id", (heatpump_id,))
    return [_dashboard(row) for row in rows]


def find(db: sqlite3.Connection, dashboard_id: int) -> Dashboard | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM dashboards WHERE id = ?", (dashboard_id,)).fetchone()
    return _dashboard(row) if row else None


def add(db: sqlite3.Connection, name: str, heatpump_id: str | None, config: Config, now: int) -> int:
    """Its number; it stands last."""
    dashboard_id: int = db.execute(
        "INSERT INTO dashboards (name, heatpump_id, config, position, created_at, updated_at) VALUES (?1, ?2, ?3,"
        " (SELECT count(*) FROM dashboards WHERE heatpump_id IS ?2), ?4, ?4) RETURNING id",
        (name, heatpump_id, _encoded(config), now),
    ).fetchone()[0]
    return dashboard_id


def change(db: sqlite3.Connection, dashboard_id: int, name: str, config: Config, now: int) -> None:
    db.execute(
        "UPDATE dashboards SET name = ?, config = ?, version = version + 1, updated_at = ? WHERE id = ?",
        (name, _encoded(config), now, dashboard_id),
    )


def put_in_order(db: sqlite3.Connection, ids: list[int]) -> None:
    """Let these stand in this order."""
    db.executemany("UPDATE dashboards SET position = ? WHERE id = ?", [(place, each) for place, each in enumerate(ids)])


def remove(db: sqlite3.Connection, dashboard_id: int) -> None:
    db.execute("DELETE FROM dashboards WHERE id = ?", (dashboard_id,))


def give(db: sqlite3.Connection, heatpump_id: str) -> bool:
    """Note that this heat pump gets its model's dashboard now; False when it got one before."""
    found = db.execute("INSERT OR IGNORE INTO dashboards_given (heatpump_id) VALUES (?)", (heatpump_id,))
    return found.rowcount == 1


def was_given(db: sqlite3.Connection, heatpump_id: str) -> bool:
    row = db.execute("SELECT 1 FROM dashboards_given WHERE heatpump_id = ?", (heatpump_id,)).fetchone()
    return row is not None


def _encoded(config: Config) -> str:
    return msgspec.json.encode(config).decode()


def _dashboard(row: sqlite3.Row) -> Dashboard:
    return Dashboard(
        row["id"],
        row["name"],
        row["heatpump_id"],
        _decoder.decode(row["config"]),
        row["position"],
        row["version"],
        row["created_at"],
        row["updated_at"],
    )
