"""Messages on their way: written together with their event, claimed by the sender, done once they arrived."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

from app.alert import SEVERITIES, Severity

Kind = Literal["opened", "again", "flapping", "repeated", "recovered"]

_COLUMNS = "id, event_id, channel_id, kind, created_at, due_at, tries, doubtful, notified_at, given_up, failure"
_WAITS = "notified_at IS NULL AND given_up IS NULL"


@dataclass(frozen=True, slots=True)
class Notification:
    """One message to one channel. `doubtful`: it may have arrived already."""

    id: int
    event_id: int
    channel_id: int
    kind: Kind
    created_at: int
    due_at: int
    tries: int
    doubtful: bool
    notified_at: int | None
    given_up: str | None
    failure: str | None


def add(db: sqlite3.Connection, event_id: int, kind: Kind, severity: Severity, at: int) -> int:
    """One for each channel that wants this severity; how many. Call it in the transaction of the event."""
    wanted = SEVERITIES[: SEVERITIES.index(severity) + 1]
    cursor = db.execute(
        "INSERT INTO notifications (event_id, channel_id, kind, created_at, due_at)"
        " SELECT ?, id, ?, ?, ? FROM channels WHERE enabled = 1 AND least_severity IN"
        f" ({', '.join('?' * len(wanted))})",
        (event_id, kind, at, at, *wanted),
    )
    return cursor.rowcount


def add_to_the_told(db: sqlite3.Connection, event_id: int, kind: Kind, at: int) -> int:
    """One for each channel that was told of this event before, or is about to be; how many."""
    cursor = db.execute(
        "INSERT INTO notifications (event_id, channel_id, kind, created_at, due_at)"
        " SELECT DISTINCT event_id, channel_id, ?, ?, ? FROM notifications"
        " JOIN channels ON channels.id = channel_id AND channels.enabled = 1 WHERE event_id = ?",
        (kind, at, at, event_id),
    )
    return cursor.rowcount


def due(db: sqlite3.Connection, now: int) -> dict[int, list[Notification]]:
    """channel → its messages that are to be sent now, in the order in which they were written."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM notifications WHERE {_WAITS} AND claimed_at IS NULL AND due_at <= ? ORDER BY id",
        (now,),
    )
    found: dict[int, list[Notification]] = {}
    for row in rows:
        found.setdefault(row["channel_id"], []).append(_notification(row))
    return found


def bring_forward(db: sqlite3.Connection, seconds: int, now: int) -> None:
    """The clock was set back by so many seconds: what waits for a time that is still to come need not wait longer."""
    db.execute(f"UPDATE notifications SET due_at = due_at - ? WHERE {_WAITS} AND due_at > ?", (seconds, now))


def next_due(db: sqlite3.Connection) -> int | None:
    """When the next one is to be sent."""
    at: int | None = db.execute(
        f"SELECT min(due_at) FROM notifications WHERE {_WAITS} AND claimed_at IS NULL"
    ).fetchone()[0]
    return at


def claim(db: sqlite3.Connection, notification_id: int, at: int) -> bool:
    """Only one claims it, and nobody after it arrived."""
    cursor = db.execute(
        f"UPDATE notifications SET claimed_at = ?, tries = tries + 1 WHERE id = ? AND {_WAITS} AND claimed_at IS NULL",
        (at, notification_id),
    )
    return cursor.rowcount == 1


def arrived(db: sqlite3.Connection, notification_id: int, at: int) -> None:
    db.execute(
        "UPDATE notifications SET notified_at = ?, failure = NULL WHERE id = ? AND notified_at IS NULL",
        (at, notification_id),
    )


def put_off(db: sqlite3.Connection, notification_id: int, due_at: int, failure: str | None = None) -> None:
    """Send it later: it failed, or the channel wants quiet now."""
    db.execute(
        "UPDATE notifications SET claimed_at = NULL, due_at = ?, failure = coalesce(?, failure) WHERE id = ?",
        (due_at, failure, notification_id),
    )


def give_up(db: sqlite3.Connection, notification_id: int, why: str) -> None:
    db.execute("UPDATE notifications SET given_up = ? WHERE id = ? AND notified_at IS NULL", (why, notification_id))


def newer_waits(db: sqlite3.Connection, notification: Notification) -> bool:
    """Whether a later message about the same event waits for the same channel."""
    row = db.execute(
        f"SELECT 1 FROM notifications WHERE event_id = ? AND channel_id = ? AND id > ? AND {_WAITS} LIMIT 1",
        (notification.event_id, notification.channel_id, notification.id),
    ).fetchone()
    return row is not None


def release(db: sqlite3.Connection) -> int:
    """At the start: what the process before was sending when it ended is sent again, and says so; how many."""
    cursor = db.execute(
        f"UPDATE notifications SET claimed_at = NULL, doubtful = 1 WHERE {_WAITS} AND claimed_at IS NOT NULL"
    )
    return cursor.rowcount


def of_event(db: sqlite3.Connection, event_id: int) -> list[Notification]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM notifications WHERE event_id = ? ORDER BY id", (event_id,))
    return [_notification(row) for row in rows]


def waiting(db: sqlite3.Connection) -> dict[int, int]:
    """channel → how many messages wait for it."""
    rows = db.execute(f"SELECT channel_id, count(*) FROM notifications WHERE {_WAITS} GROUP BY channel_id")
    return {row[0]: row[1] for row in rows}


def _notification(row: sqlite3.Row) -> Notification:
    return Notification(**{**dict(row), "doubtful": bool(row["doubtful"])})
