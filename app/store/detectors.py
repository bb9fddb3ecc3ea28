"""What the anomaly detector learned of each heat pump, and up to which hour it has judged."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

Because = Literal["first", "exchanged", "new normal"]


@dataclass(frozen=True, slots=True)
class Detector:
    """Times in UTC seconds; `last` (the last hour that was judged) and `learned` (how much is known) are JSON."""

    heatpump_id: str
    manufacturer: str
    model: str
    begins_at: int
    because: Because
    judged_until: int | None = None
    last: str | None = None
    fitted_at: int | None = None
    learned_from: int | None = None
    learned_until: int | None = None
    learned: str | None = None


_COLUMNS = ", ".join(Detector.__slots__)


def find(db: sqlite3.Connection, heatpump_id: str) -> Detector | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM detectors WHERE heatpump_id = ?", (heatpump_id,)).fetchone()
    return None if row is None else Detector(*row)


def all_of_them(db: sqlite3.Connection) -> dict[str, Detector]:
    """By heat pump."""
    return {row["heatpump_id"]: Detector(*row) for row in db.execute(f"SELECT {_COLUMNS} FROM detectors")}


def content(db: sqlite3.Connection, heatpump_id: str) -> bytes | None:
    """The model as the detector writes it."""
    row = db.execute("SELECT content FROM detectors WHERE heatpump_id = ?", (heatpump_id,)).fetchone()
    return None if row is None else row[0]


def begin(db: sqlite3.Connection, detector: Detector) -> None:
    """Nothing is known of the heat pump, or nothing counts any more; call it inside a transaction."""
    db.execute(
        "INSERT INTO detectors (heatpump_id, manufacturer, model, begins_at, because, judged_until)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (heatpump_id) DO UPDATE SET manufacturer = excluded.manufacturer,"
        " model = excluded.model, begins_at = excluded.begins_at, because = excluded.because,"
        " judged_until = excluded.judged_until, last = NULL, fitted_at = NULL, learned_from = NULL,"
        " learned_until = NULL, learned = NULL, content = NULL",
        (
            detector.heatpump_id,
            detector.manufacturer,
            detector.model,
            detector.begins_at,
            detector.because,
            detector.judged_until,
        ),
    )


def keep_model(
    db: sqlite3.Connection, before: Detector, fitted_at: int, span: tuple[int, int], learned: str, content: bytes
) -> None:
    """Unless its owner has said something since `before` was read: then it is learned again, with that."""
    db.execute(
        "UPDATE detectors SET fitted_at = ?, learned_from = ?, learned_until = ?, learned = ?, content = ?"
        " WHERE heatpump_id = ? AND begins_at = ? AND fitted_at IS ?",
        (fitted_at, *span, learned, content, before.heatpump_id, before.begins_at, before.fitted_at),
    )


def learn_again(db: sqlite3.Connection, heatpump_id: str) -> None:
    """What is to be learned from has changed; until it is learned, the old model counts."""
    db.execute("UPDATE detectors SET fitted_at = NULL WHERE heatpump_id = ?", (heatpump_id,))


def judged(db: sqlite3.Connection, heatpump_id: str, until: int, last: str | None) -> None:
    """Every hour before `until` is judged; `last` is None when there was nothing to judge in any of them."""
    db.execute(
        "UPDATE detectors SET judged_until = ?, last = coalesce(?, last) WHERE heatpump_id = ?",
        (until, last, heatpump_id),
    )
