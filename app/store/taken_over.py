"""What was taken over from older software or a configuration file: each thing once."""

from __future__ import annotations

import sqlite3


def became(db: sqlite3.Connection, origin: str) -> str | None:
    """What this became here; None when it was not taken yet."""
    row = db.execute("SELECT became FROM taken_over WHERE origin = ?", (origin,)).fetchone()
    return row[0] if row else None


def note(db: sqlite3.Connection, origin: str, became: str, at: int) -> None:
    db.execute("INSERT OR REPLACE INTO taken_over (origin, became, at) VALUES (?, ?, ?)", (origin, became, at))
