"""Which series the history of a heat pump holds."""

from __future__ import annotations

import sqlite3

from app.reading import Column


def of(db: sqlite3.Connection, heatpump_id: str) -> list[Column]:
    """Every series of a heat pump in the order in which they began; a sensor that changed has several."""
    rows = db.execute("SELECT sensor, unit, storage FROM series WHERE heatpump_id = ? ORDER BY id", (heatpump_id,))
    return [Column(row["sensor"], row["unit"], row["storage"]) for row in rows]
