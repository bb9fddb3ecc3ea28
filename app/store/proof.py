"""Proves that the database takes what is written: nothing but a write that reaches the disk can tell."""

from __future__ import annotations

from app.store.database import Database


def write(database: Database) -> None:
    """One page of the file, as it is. Raises sqlite3.Error when it cannot be written."""
    with database.transaction() as db:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute(f"PRAGMA user_version = {version:d}")
