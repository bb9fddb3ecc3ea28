"""Values that are held at heat pumps: what is wished, what was last sent for it, and until when."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from app.store.audit import Actor


@dataclass(frozen=True, slots=True)
class Hold:
    """Times in UTC seconds. `written_at` None: it is not at the machine; `releasing`: it has to be ended there."""

    heatpump_id: str
    sensor: str
    value: float | int | str
    sent: float | int | str | None
    since: int
    until: int | None
    written_at: int | None
    releasing: bool
    actor: Actor


_COLUMNS = "heatpump_id, sensor, value, sent, since, until, written_at, releasing, actor_kind, actor"


def put(db: sqlite3.Connection, hold: Hold) -> None:
    """Hold this value from now on, in place of another one of the same sensor."""
    db.execute(
        f"INSERT OR REPLACE INTO holds ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            hold.heatpump_id,
            hold.sensor,
            json.dumps(hold.value),
            None if hold.sent is None else json.dumps(hold.sent),
            hold.since,
            hold.until,
            hold.written_at,
            int(hold.releasing),
            hold.actor.kind,
            hold.actor.name,
        ),
    )


def remove(db: sqlite3.Connection, heatpump_id: str, sensor: str) -> None:
    db.execute("DELETE FROM holds WHERE heatpump_id = ? AND sensor = ?", (heatpump_id, sensor))


def sent(db: sqlite3.Connection, hold: Hold, value: float | int | str, at: int) -> None:
    """It was written as this value."""
    db.execute(
        "UPDATE holds SET sent = ?, written_at = ? WHERE heatpump_id = ? AND sensor = ?",
        (json.dumps(value), at, hold.heatpump_id, hold.sensor),
    )


def gone_from_machine(db: sqlite3.Connection, heatpump_id: str | None = None, sensor: str | None = None) -> None:
    """Nobody knows any more whether the values are there: they are to be written anew. None: all of them."""
    db.execute(
        "UPDATE holds SET written_at = NULL WHERE written_at IS NOT NULL AND heatpump_id = coalesce(?, heatpump_id)"
        " AND sensor = coalesce(?, sensor)",
        (heatpump_id, sensor),
    )


def release(db: sqlite3.Connection, heatpump_id: str | None = None) -> int:
    """All of this heat pump, or of all of them, are to be ended; how many there are."""
    return db.execute(
        "UPDATE holds SET releasing = 1 WHERE heatpump_id = coalesce(?, heatpump_id)", (heatpump_id,)
    ).rowcount


def find(db: sqlite3.Connection, heatpump_id: str, sensor: str) -> Hold | None:
    row = db.execute(
        f"SELECT {_COLUMNS} FROM holds WHERE heatpump_id = ? AND sensor = ?", (heatpump_id, sensor)
    ).fetchone()
    return _hold(row) if row else None


def all_of_them(db: sqlite3.Connection) -> list[Hold]:
    return [_hold(row) for row in db.execute(f"SELECT {_COLUMNS} FROM holds ORDER BY heatpump_id, sensor")]


def of(db: sqlite3.Connection, heatpump_id: str) -> dict[str, Hold]:
    """The holds of one heat pump by their sensor."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM holds WHERE heatpump_id = ?", (heatpump_id,))
    return {row["sensor"]: _hold(row) for row in rows}


def _hold(row: sqlite3.Row) -> Hold:
    return Hold(
        row["heatpump_id"],
        row["sensor"],
        json.loads(row["value"]),
        None if row["sent"] is None else json.loads(row["sent"]),
        row["since"],
        row["until"],
        row["written_at"],
        bool(row["releasing"]),
        Actor(row["actor_kind"], row["actor"]),
    )
