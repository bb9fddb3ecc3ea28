"""How long the owner keeps raw samples and hourly roll-ups, and what goes with less."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

from app.store.database import Database

Tier = Literal["raw", "hourly"]


@dataclass(frozen=True, slots=True)
class Freed:
    """What goes of one heat pump: polls from `since` to `until` (UTC seconds), and their bytes."""

    heatpump_id: str
    since: int
    until: int
    polls: int
    bytes: int


_GOES = {
    "raw": "times IS NOT NULL AND until <= ?",
    "hourly": "until <= ?",
}
_BYTES = {
    "raw": "length(times) + (SELECT coalesce(sum(length(samples)), 0) FROM chunks WHERE block_id = blocks.id)",
    "hourly": "coalesce(length(times), 0)"
    " + (SELECT coalesce(sum(length(hours) + coalesce(length(samples), 0)), 0) FROM chunks WHERE block_id = blocks.id)",
}


def days(db: sqlite3.Connection) -> dict[Tier, int]:
    """Tier → days; a tier that is not there is kept for good."""
    return {row["tier"]: row["days"] for row in db.execute("SELECT tier, days FROM retention")}


def choose(db: sqlite3.Connection, tier: Tier, kept_days: int | None) -> None:
    """Keep this tier for so many days; None: for good."""
    if kept_days is None:
        db.execute("DELETE FROM retention WHERE tier = ?", (tier,))
        return
    db.execute(
        "INSERT INTO retention (tier, days) VALUES (?, ?) ON CONFLICT (tier) DO UPDATE SET days = excluded.days",
        (tier, kept_days),
    )


def freed(db: sqlite3.Connection, tier: Tier, after: int, before: int) -> list[Freed]:
    """What goes of this tier between these times (UTC seconds), per heat pump."""
    rows = db.execute(
        f"SELECT heatpump_id, min(since), max(until), sum(polls), sum({_BYTES[tier]}) FROM blocks"
        f" WHERE {_GOES[tier]} AND until > ? GROUP BY heatpump_id ORDER BY heatpump_id",
        (before, after),
    )
    return [Freed(*row) for row in rows]


def has_history(db: sqlite3.Connection, since: int, until: int) -> bool:
    """Whether anything of any heat pump is kept from that stretch of time (UTC seconds)."""
    found = db.execute(
        "SELECT EXISTS (SELECT 1 FROM blocks WHERE since < ?2 AND until > ?1)"
        " OR EXISTS (SELECT 1 FROM polls WHERE at >= ?1 AND at < ?2)",
        (since, until),
    )
    return bool(found.fetchone()[0])


def drop(database: Database, tier: Tier, before: int) -> int:
    """Remove what lies wholly before this time, block by block; how many. The file keeps its size."""
    db = database.connection()
    ids = [row[0] for row in db.execute(f"SELECT id FROM blocks WHERE {_GOES[tier]} ORDER BY since", (before,))]
    for block_id in ids:
        with database.transaction():
            if tier == "hourly":
                db.execute("DELETE FROM blocks WHERE id = ?", (block_id,))
            else:
                db.execute("UPDATE chunks SET samples = NULL WHERE block_id = ?", (block_id,))
                db.execute("UPDATE blocks SET times = NULL WHERE id = ?", (block_id,))
    return len(ids)
