"""Sign-ins that failed, counted per account, address and browser."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failures:
    """`last_at` in UTC seconds."""

    number: int
    last_at: int


def of(db: sqlite3.Connection, who: str) -> Failures | None:
    row = db.execute("SELECT failures, last_at FROM failed_sign_ins WHERE who = ?", (who,)).fetchone()
    return Failures(*row) if row else None


def put(db: sqlite3.Connection, who: str, failures: Failures) -> None:
    db.execute(
        "INSERT OR REPLACE INTO failed_sign_ins (who, failures, last_at) VALUES (?, ?, ?)",
        (who, failures.number, failures.last_at),
    )


def forgive(db: sqlite3.Connection, who: str) -> None:
    db.execute("DELETE FROM failed_sign_ins WHERE who = ?", (who,))


def forget_old(db: sqlite3.Connection, before: int) -> None:
    db.execute("DELETE FROM failed_sign_ins WHERE last_at < ?", (before,))
