"""What the anomaly detector learned of a heat pump, and why its hours were anomalies."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Learned:
    """`fitted_at` in UTC seconds; `lived` is JSON; `model` as the detector writes it."""

    fitted_at: int
    lived: str
    model: bytes


@dataclass(frozen=True, slots=True)
class Anomaly:
    """An hour (its beginning, UTC seconds) at the alarm line or above; `told` is JSON."""

    at: int
    score: float
    told: str


def keep(db: sqlite3.Connection, heatpump_id: str, learned: Learned) -> None:
    """Keep a model in the place of the one before; call it inside a transaction."""
    db.execute(
        "INSERT INTO detectors (heatpump_id, fitted_at, lived, model) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (heatpump_id) DO UPDATE SET fitted_at = ?2, lived = ?3, model = ?4",
        (heatpump_id, learned.fitted_at, learned.lived, learned.model),
    )


def learned(db: sqlite3.Connection, heatpump_id: str) -> Learned | None:
    row = db.execute("SELECT fitted_at, lived, model FROM detectors WHERE heatpump_id = ?", (heatpump_id,)).fetchone()
    return None if row is None else Learned(*row)


def tell(db: sqlite3.Connection, heatpump_id: str, anomaly: Anomaly) -> None:
    """Keep why an hour was an anomaly; call it inside a transaction."""
    db.execute(
        "INSERT INTO anomalies (heatpump_id, at, score, told) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (heatpump_id, anomaly.at, anomaly.score, anomaly.told),
    )


def newest(db: sqlite3.Connection, heatpump_id: str) -> Anomaly | None:
    row = db.execute(
        "SELECT at, score, told FROM anomalies WHERE heatpump_id = ? ORDER BY at DESC LIMIT 1", (heatpump_id,)
    ).fetchone()
    return None if row is None else Anomaly(*row)


def anomalies(db: sqlite3.Connection, heatpump_id: str, start: int, end: int) -> list[Anomaly]:
    """Those that begin in start <= time < end, oldest first."""
    rows = db.execute(
        "SELECT at, score, told FROM anomalies WHERE heatpump_id = ? AND at >= ? AND at < ? ORDER BY at",
        (heatpump_id, start, end),
    )
    return [Anomaly(*row) for row in rows]
