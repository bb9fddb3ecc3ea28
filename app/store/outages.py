"""When heat pumps could not be read, and why."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from app.messages import Message, Sentence, from_json, to_json


@dataclass(frozen=True, slots=True)
class Outage:
    """Open while `until` is None; times in UTC seconds."""

    heatpump_id: str
    since: int
    until: int | None
    reason: Message


def begin(db: sqlite3.Connection, heatpump_id: str, at: int, reason: Sentence) -> bool:
    """Note that a heat pump is lost; False when that is known already."""
    cursor = db.execute(
        "INSERT INTO outages (heatpump_id, since, reason) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (heatpump_id, at, to_json(reason)),
    )
    return cursor.rowcount == 1


def end(db: sqlite3.Connection, heatpump_id: str, at: int) -> int | None:
    """Note that it is back; since when it was lost, or None when it was not."""
    row = db.execute(
        "UPDATE outages SET until = ? WHERE heatpump_id = ? AND until IS NULL RETURNING since", (at, heatpump_id)
    ).fetchone()
    return row["since"] if row else None


def last(db: sqlite3.Connection, heatpump_id: str) -> Outage | None:
    """The last time that this heat pump could not be read, open or over."""
    row = db.execute(
        "SELECT heatpump_id, since, until, reason FROM outages WHERE heatpump_id = ? ORDER BY since DESC LIMIT 1",
        (heatpump_id,),
    ).fetchone()
    return _outage(row) if row else None


def within(db: sqlite3.Connection, heatpump_id: str, start: int, end: int) -> list[Outage]:
    """Those that lasted at some moment of start <= time < end, the oldest first."""
    rows = db.execute(
        "SELECT heatpump_id, since, until, reason FROM outages"
        " WHERE heatpump_id = ? AND since < ? AND (until IS NULL OR until > ?) ORDER BY since",
        (heatpump_id, end, start),
    )
    return [_outage(row) for row in rows]


def current(db: sqlite3.Connection) -> dict[str, Outage]:
    """The open outage of every heat pump that has one."""
    rows = db.execute("SELECT heatpump_id, since, until, reason FROM outages WHERE until IS NULL")
    return {row["heatpump_id"]: _outage(row) for row in rows}


def _outage(row: sqlite3.Row) -> Outage:
    return Outage(row["heatpump_id"], row["since"], row["until"], from_json(row["reason"]))
