"""Samples as rows: in the usual table of one row each, and as the polls that this program would have left."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.store import layouts
from app.store.database import Database
from app.store.packing import Packing
from bench.generated import Course


class RowTable:
    """The usual way: one row per sample, keyed by series and time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(
            "CREATE TABLE samples (series INTEGER, at INTEGER, value REAL, PRIMARY KEY (series, at)) WITHOUT ROWID"
        )

    def fill(self, times: NDArray[np.int64], pump: Sequence[Course]) -> None:
        listed = times.tolist()
        for number, course in enumerate(pump):
            self._insert(zip([number] * len(listed), listed, course.values.tolist(), strict=True))

    def add(self, at: int, values: Sequence[float]) -> None:
        self._insert((number, at, float(value)) for number, value in enumerate(values))

    def buckets(self, number: int, start: int, end: int, step_s: int) -> int:
        return sum(
            len(
                self._db.execute(
                    "SELECT at / ?1, min(value), avg(value), max(value) FROM samples"
                    " WHERE series = ?2 AND at >= ?3 AND at < ?4 GROUP BY 1",
                    (step_s, each, start, end),
                ).fetchall()
            )
            for each in range(number)
        )

    def bytes(self) -> int:
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self._path.stat().st_size

    def close(self) -> None:
        self._db.close()

    def _insert(self, rows: Iterable[tuple[int, int, float]]) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO samples (series, at, value) VALUES (?, ?, ?)", rows)
        self._db.execute("COMMIT")


def fill(database: Database, heatpump_id: str, times: NDArray[np.int64], pump: Sequence[Course]) -> None:
    """The rows that polls would have left, without taking a poll's time each."""
    packing = Packing([course.column.storage for course in pump])
    packed = np.zeros((len(times), packing.size), np.uint8)
    bits = np.zeros(packing.where(0)[0] * 8, np.uint8)
    bits[: len(pump)] = 1
    packed[:, : packing.where(0)[0]] = np.packbits(bits, bitorder="little")
    for place, course in enumerate(pump):
        offset, kind = packing.where(place)
        cells = _stored_numbers(course).astype({"f": "<f4", "d": "<f8", "i": "<i4"}[kind])
        packed[:, offset : offset + cells.itemsize] = cells.view(np.uint8).reshape(len(times), -1)
    with database.transaction() as db:
        layout_id = layouts.id_for(db, heatpump_id, [course.column for course in pump])
        db.executemany(
            "INSERT INTO polls (heatpump_id, at, layout_id, samples) VALUES (?, ?, ?, ?)",
            ((heatpump_id, at, layout_id, row.tobytes()) for at, row in zip(times.tolist(), packed, strict=True)),
        )


def _stored_numbers(course: Course) -> NDArray[np.float64]:
    if course.column.storage == "text":
        return course.values + 1  # texts.id
    return np.rint(course.values / 0.5) if course.column.storage == "0.5" else course.values
