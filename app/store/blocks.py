"""The closed stretches of all heat pumps, and the chunks in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.store import pages


@dataclass(frozen=True, slots=True)
class Block:
    """since <= time < until, in UTC seconds; `times` is None when only the hours are kept."""

    id: int
    heatpump_id: str
    since: int
    until: int
    polls: int
    times: bytes | None


@dataclass(frozen=True, slots=True)
class Chunk:
    """One series of a block, packed; `samples` is None when only the hours are kept."""

    series_id: int
    hours: bytes
    samples: bytes | None


_COLUMNS = "id, heatpump_id, since, until, polls, times"


def within(db: sqlite3.Connection, heatpump_id: str, start: int, end: int) -> list[Block]:
    """The blocks that have a time with start <= time < end, in order of time."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM blocks WHERE heatpump_id = ? AND since < ? AND until > ? ORDER BY since",
        (heatpump_id, end, start),
    )
    return [Block(*row) for row in rows]


def spans(db: sqlite3.Connection, heatpump_id: str) -> list[tuple[int, int]]:
    """since and until of every block, in order of time."""
    rows = db.execute("SELECT since, until FROM blocks WHERE heatpump_id = ? ORDER BY since", (heatpump_id,))
    return [(row["since"], row["until"]) for row in rows]


def spans_with_samples(db: sqlite3.Connection, heatpump_id: str) -> list[tuple[int, int]]:
    """The same of those blocks whose samples are kept."""
    rows = db.execute(
        "SELECT since, until FROM blocks WHERE heatpump_id = ? AND times IS NOT NULL ORDER BY since", (heatpump_id,)
    )
    return [(row["since"], row["until"]) for row in rows]


def samples(db: sqlite3.Connection, block_id: int, series_id: int) -> bytes | None:
    row = db.execute(
        "SELECT samples FROM chunks WHERE block_id = ? AND series_id = ?", (block_id, series_id)
    ).fetchone()
    return row[0] if row else None


def hours(db: sqlite3.Connection, block_id: int, series_id: int) -> bytes | None:
    row = db.execute("SELECT hours FROM chunks WHERE block_id = ? AND series_id = ?", (block_id, series_id)).fetchone()
    return row[0] if row else None


def series_of(db: sqlite3.Connection, block_id: int) -> list[int]:
    """Which series a block holds."""
    return [row[0] for row in db.execute("SELECT series_id FROM chunks WHERE block_id = ?", (block_id,))]


def add(
    db: sqlite3.Connection,
    heatpump_id: str,
    since: int,
    until: int,
    polls: int,
    times: bytes | None,
    chunks: Sequence[Chunk],
) -> None:
    order = pages.filling([len(chunk.hours) + len(chunk.samples or b"") for chunk in chunks])
    block_id = db.execute(
        "INSERT INTO blocks (heatpump_id, since, until, polls, times) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (heatpump_id, since, until, polls, times),
    ).fetchone()[0]
    db.executemany(
        "INSERT INTO chunks (block_id, series_id, hours, samples) VALUES (?, ?, ?, ?)",
        ((block_id, chunk.series_id, chunk.hours, chunk.samples) for chunk in map(chunks.__getitem__, order)),
    )


def remove(db: sqlite3.Connection, block_ids: Iterable[int]) -> None:
    """The blocks and their chunks."""
    db.executemany("DELETE FROM blocks WHERE id = ?", ((block_id,) for block_id in block_ids))
