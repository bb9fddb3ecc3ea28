"""Databases that earlier versions of the program wrote, as tests/store/schemas/ keeps them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

FOLDER = Path(__file__).parent / "schemas"
KEPT = tuple(sorted(file.stem for file in FOLDER.glob("*.sql")))
BEGIN = 1_699_916_400
"""14 November 2023, midnight in Berlin: hp-001 of every kept database was read from then on for 50 hours, as
`tests.store.history.polls(7, BEGIN, BEGIN + 50 h, 600)` has it. The first of these days is closed."""


def put(folder: Path, name: str) -> Path:
    """Make the data folder of an earlier version; where its database is."""
    folder.mkdir(exist_ok=True)
    path = folder / "monitor.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript((FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
    return path


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table; of generated columns nothing."""
    with closing(sqlite3.connect(path)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: _rows(db, table) for table in tables}


def _rows(db: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    columns = ", ".join(row[1] for row in db.execute(f"PRAGMA table_info({table})"))
    return db.execute(f"SELECT {columns} FROM {table} ORDER BY {columns}").fetchall()
