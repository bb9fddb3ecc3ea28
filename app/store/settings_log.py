"""What the settings of heat pumps were, and since when."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Setting = float | int | str
Cause = Literal["first", "us", "unit"]


@dataclass(frozen=True, slots=True)
class Known:
    """The last known value of a setting and when it was first seen (UTC seconds)."""

    at: int
    value: Setting


@dataclass(frozen=True, slots=True)
class Change:
    """One setting had another value than before; `entry_id` is the write that explains it."""

    id: int
    sensor: str
    at: int
    old: Setting
    new: Setting
    cause: Cause
    entry_id: int | None


_CHANGES = (
    "SELECT * FROM (SELECT id, sensor, at, lag(value) OVER (PARTITION BY sensor ORDER BY id) AS old, value, cause,"
    " audit_id FROM settings_log WHERE heatpump_id = ?) WHERE old IS NOT NULL AND cause != 'first'"
)


def add(
    db: sqlite3.Connection, heatpump_id: str, sensor: str, known: Known, cause: Cause, entry_id: int | None = None
) -> None:
    db.execute(
        "INSERT INTO settings_log (heatpump_id, sensor, at, value, cause, audit_id) VALUES (?, ?, ?, ?, ?, ?)",
        (heatpump_id, sensor, known.at, json.dumps(known.value, ensure_ascii=False), cause, entry_id),
    )


def known(db: sqlite3.Connection, heatpump_id: str) -> dict[str, Known]:
    """sensor → its last known value."""
    rows = db.execute(
        "SELECT sensor, at, value FROM settings_log WHERE id IN"
        " (SELECT max(id) FROM settings_log WHERE heatpump_id = ? GROUP BY sensor)",
        (heatpump_id,),
    )
    return {row["sensor"]: Known(row["at"], json.loads(row["value"])) for row in rows}


def snapshot(db: sqlite3.Connection, heatpump_id: str, before: int) -> Mapping[str, Setting]:
    """sensor → the value that held just before this time (UTC seconds)."""
    rows = db.execute(
        "SELECT sensor, value FROM settings_log WHERE id IN"
        " (SELECT max(id) FROM settings_log WHERE heatpump_id = ? AND at < ? GROUP BY sensor)",
        (heatpump_id, before),
    )
    return {row["sensor"]: json.loads(row["value"]) for row in rows}


def changes(db: sqlite3.Connection, heatpump_id: str, most: int, before: int | None = None) -> list[Change]:
    """The newest changes first; `before` goes on after the change of this number."""
    rows = db.execute(f"{_CHANGES} AND id < coalesce(?, id + 1) ORDER BY id DESC LIMIT ?", (heatpump_id, before, most))
    return [_change(row) for row in rows]


def last_changes(db: sqlite3.Connection, heatpump_id: str) -> dict[str, Change]:
    """The newest change of each setting."""
    rows = db.execute(f"{_CHANGES} ORDER BY id", (heatpump_id,))
    return {row["sensor"]: _change(row) for row in rows}


def first_at(db: sqlite3.Connection, heatpump_id: str) -> int | None:
    """Since when the settings of this heat pump are known."""
    at: int | None = db.execute("SELECT min(at) FROM settings_log WHERE heatpump_id = ?", (heatpump_id,)).fetchone()[0]
    return at


def _change(row: sqlite3.Row) -> Change:
    return Change(
        row["id"],
        row["sensor"],
        row["at"],
        json.loads(row["old"]),
        json.loads(row["value"]),
        row["cause"],
        row["audit_id"],
    )
