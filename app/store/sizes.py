"""How much room the database takes, and how much a day of closed history takes in it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes: of the file, and of the pages in it that are free for new history."""

    file: int
    free: int


@dataclass(frozen=True, slots=True)
class Grown:
    """What closed stretches of one heat pump take: so many bytes for so many seconds."""

    heatpump_id: str
    bytes: int
    seconds: int


def of(db: sqlite3.Connection) -> Sizes:
    page, pages, free = (
        db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count", "freelist_count")
    )
    return Sizes(page * pages, page * free)


def grown(db: sqlite3.Connection, since: int) -> list[Grown]:
    """Of every heat pump with stretches that ended after that time (UTC seconds)."""
    rows = db.execute(
        "SELECT heatpump_id, sum(coalesce(length(times), 0) + (SELECT coalesce(sum(length(hours)"
        " + coalesce(length(samples), 0)), 0) FROM chunks WHERE block_id = blocks.id)), sum(until - since)"
        " FROM blocks WHERE until > ? GROUP BY heatpump_id",
        (since,),
    )
    return [Grown(*row) for row in rows]


def closed_until(db: sqlite3.Connection) -> int | None:
    """The end of the last closed day of any heat pump, UTC seconds."""
    at: int | None = db.execute("SELECT max(until) FROM blocks").fetchone()[0]
    return at
