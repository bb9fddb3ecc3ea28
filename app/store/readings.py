"""The samples of all polls: adding a reading, the last values, and every sample of a range."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from app.messages import Message
from app.reading import Reading, Value
from app.store import layouts, texts
from app.store.database import steady
from app.store.packing import Packing

LOOK_BACK_POLLS = 200
"""How far the last values are looked for in rows: enough to find the slow settings between many fast polls."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One sensor's value and when it was read (UTC seconds); `told_at` when its machine last changed it."""

    at: int
    value: Value
    told_at: int | None = None

    @property
    def since(self) -> int:
        """From when the value is: what was read from a cloud just now may have been told to it long ago."""
        return self.at if self.told_at is None else min(self.at, self.told_at)


def add(db: sqlite3.Connection, reading: Reading) -> bool:
    """Keep one reading; call it inside a transaction.

    A second reading of the same second is not kept. NaN and infinity are no values.
    """
    layout_id = layouts.id_for(db, reading.heatpump_id, reading.columns)
    packing = Packing([column.storage for column in reading.columns])
    numbers = [texts.number_of(db, value) if isinstance(value, str) else _finite(value) for value in reading.values]
    cursor = db.execute(
        "INSERT INTO polls (heatpump_id, at, layout_id, samples) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (reading.heatpump_id, reading.at, layout_id, packing.pack(numbers)),
    )
    return cursor.rowcount == 1


def latest(db: sqlite3.Connection, heatpump_id: str) -> dict[str, Sample]:
    """The last value of every sensor of a heat pump, each with its own time."""
    known = layouts.load(db, heatpump_id)
    words = texts.by_id(db)
    rows = db.execute(
        "SELECT at, layout_id, samples FROM (SELECT at, layout_id, samples FROM polls WHERE heatpump_id = ?1"
        " ORDER BY at DESC LIMIT ?2) UNION ALL SELECT at, layout_id, samples FROM last_polls WHERE heatpump_id = ?1"
        " ORDER BY at DESC",
        (heatpump_id, LOOK_BACK_POLLS),
    )
    found: dict[str, Sample] = {}
    seen: set[int] = set()
    for row in rows:
        layout = known.by_id.get(row["layout_id"])
        if layout is None or row["layout_id"] in seen or len(row["samples"]) != layout.packing.size:
            continue
        seen.add(row["layout_id"])
        for column, number in zip(layout.columns, layout.packing.unpack(row["samples"]), strict=True):
            value = words[int(number)] if column.storage == "text" and number is not None else number
            found.setdefault(column.sensor, Sample(row["at"], value))
    return found


def samples(
    db: sqlite3.Connection,
    heatpump_id: str,
    sensors: Sequence[str],
    start: int,
    end: int,
    on_damage: Callable[[Message], None] | None = None,
) -> Iterator[tuple[int, list[Value]]]:
    """(time, value per sensor) of every poll with start <= time < end that asked for one of the sensors.

    Wherever they lie; in constant memory. Nothing can be written on this connection until it is through. What is
    damaged is left out and told to `on_damage`, or to the log.
    """
    from app.store import courses  # numpy costs memory that a process without history need not carry

    with steady(db):
        yield from courses.samples(db, heatpump_id, sensors, start, end, on_damage)


def oldest(db: sqlite3.Connection, heatpump_id: str, since: int) -> int | None:
    """The time of the first poll from `since` on that still lies in a row."""
    at: int | None = db.execute(
        "SELECT min(at) FROM polls WHERE heatpump_id = ? AND at >= ?", (heatpump_id, since)
    ).fetchone()[0]
    return at


def first(db: sqlite3.Connection, heatpump_id: str) -> int | None:
    """The time of the first poll that is kept, in a row or in a block; about, where only hours are kept of it."""
    at: int | None = db.execute(
        "SELECT min(at) FROM (SELECT min(at) AS at FROM polls WHERE heatpump_id = ?1"
        " UNION ALL SELECT min(since) FROM blocks WHERE heatpump_id = ?1 AND times IS NOT NULL)",
        (heatpump_id,),
    ).fetchone()[0]
    return at


def sensors(db: sqlite3.Connection, heatpump_id: str) -> list[str]:
    """Every sensor that this heat pump was ever asked for."""
    rows = db.execute("SELECT DISTINCT sensor FROM series WHERE heatpump_id = ? ORDER BY sensor", (heatpump_id,))
    return [row["sensor"] for row in rows]


def _finite(value: float | int | None) -> float | int | None:
    return value if value is None or math.isfinite(value) else None
