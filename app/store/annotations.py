"""Notes on the time line: by hand, and from what happened."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

from app.store.among import Among, listed, narrowed

Source = Literal["hand", "alert", "write", "setting"]

_COLUMNS = (
    "annotations.id, annotations.heatpump_id, at, coalesce(until, alert_events.closed_at) AS until, text, source,"
    " event_id, author"
)
_FROM = "annotations LEFT JOIN alert_events ON alert_events.id = event_id"


@dataclass(frozen=True, slots=True)
class Annotation:
    """`heatpump_id`: None for all. `until`: None for a moment, or for what goes on. `text` may be empty where an event
    tells it. UTC seconds."""

    id: int
    heatpump_id: str | None
    at: int
    until: int | None
    text: str
    source: Source
    event_id: int | None
    author: str | None


def add(
    db: sqlite3.Connection,
    heatpump_id: str | None,
    at: int,
    text: str,
    source: Source,
    now: int,
    *,
    until: int | None = None,
    event_id: int | None = None,
    author: str | None = None,
) -> int:
    """Its number. Call it in the transaction of what it tells."""
    annotation_id: int = db.execute(
        "INSERT INTO annotations (heatpump_id, at, until, text, source, event_id, author, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (heatpump_id, at, until, text, source, event_id, author, now, now),
    ).fetchone()[0]
    return annotation_id


def find(db: sqlite3.Connection, annotation_id: int) -> Annotation | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM {_FROM} WHERE annotations.id = ?", (annotation_id,)).fetchone()
    return Annotation(*row) if row else None


def change(
    db: sqlite3.Connection, annotation_id: int, at: int, until: int | None, text: str, author: str | None, now: int
) -> None:
    db.execute(
        "UPDATE annotations SET at = ?, until = ?, text = ?, author = ?, updated_at = ? WHERE id = ?",
        (at, until, text, author, now, annotation_id),
    )


def remove(db: sqlite3.Connection, annotation_id: int) -> None:
    db.execute("DELETE FROM annotations WHERE id = ?", (annotation_id,))


def within(
    db: sqlite3.Connection, heatpump_id: str | None, start: int, end: int, limit: int, *, among: Among = None
) -> list[Annotation]:
    """Those of one heat pump (None: of these), and those of all, in start <= time < end; the newest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE (?1 IS NULL OR annotations.heatpump_id IS NULL"
        " OR annotations.heatpump_id IN (SELECT value FROM json_each(?1))) AND at < ?3"
        " AND max(at, coalesce(until, alert_events.closed_at, at)) >= ?2"
        " ORDER BY at DESC, annotations.id DESC LIMIT ?4",
        (listed(narrowed(heatpump_id, among)), start, end, limit),
    )
    return [Annotation(*row) for row in rows]
