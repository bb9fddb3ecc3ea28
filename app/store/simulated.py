"""Which heat pumps are simulated by this program, and since when they live."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Life:
    """The same seed and birth (UTC seconds) give the same life."""

    seed: int
    born_at: int


def all_of_them(db: sqlite3.Connection) -> dict[str, Life]:
    """By heat pump."""
    rows = db.execute("SELECT heatpump_id, seed, born_at FROM simulated")
    return {row["heatpump_id"]: Life(row["seed"], row["born_at"]) for row in rows}


def put(db: sqlite3.Connection, heatpump_id: str, life: Life) -> None:
    db.execute(
        "INSERT INTO simulated (heatpump_id, seed, born_at) VALUES (?, ?, ?)", (heatpump_id, life.seed, life.born_at)
    )
