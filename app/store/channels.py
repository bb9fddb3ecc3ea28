"""Where messages go. What is secret about a channel is not here (see channel_secrets.py)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.alert import Severity


@dataclass(frozen=True, slots=True)
class Channel:
    """`secret`: under which name its secrets are kept; `shown`: its other fields. Quiet hours in minutes after midnight
    of the owner's time zone. `failure`: why the last message did not arrive; None when it did."""

    id: int
    name: str
    kind: str
    secret: str
    shown: Mapping[str, str]
    language: str
    least_severity: Severity
    quiet_from: int | None
    quiet_to: int | None
    always_critical: bool
    enabled: bool
    monthly_report: bool = False
    failure: str | None = None
    failed_at: int | None = None
    sent_at: int | None = None
    reported: str | None = None
    """The last month whose report arrived: 2026-10."""


_KEPT = (
    "name, kind, secret, shown, language, least_severity, quiet_from, quiet_to, always_critical, enabled,"
    " monthly_report"
)
_COLUMNS = f"id, {_KEPT}, failure, failed_at, sent_at, reported"


def all_of_them(db: sqlite3.Connection) -> list[Channel]:
    return [_channel(row) for row in db.execute(f"SELECT {_COLUMNS} FROM channels ORDER BY id")]


def find(db: sqlite3.Connection, channel_id: int) -> Channel | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM channels WHERE id = ?", (channel_id,)).fetchone()
    return _channel(row) if row else None


def add(db: sqlite3.Connection, channel: Channel, at: int) -> Channel:
    row = db.execute(
        f"INSERT INTO channels ({_KEPT}, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (*_row(channel), at),
    ).fetchone()
    return replace(channel, id=row["id"])


def change(db: sqlite3.Connection, channel: Channel) -> None:
    assigned = ", ".join(f"{name} = ?" for name in _KEPT.split(", "))
    db.execute(f"UPDATE channels SET {assigned} WHERE id = ?", (*_row(channel), channel.id))


def remove(db: sqlite3.Connection, channel_id: int) -> None:
    """The channel, and what still waits for it."""
    db.execute("DELETE FROM channels WHERE id = ?", (channel_id,))


def note_sent(db: sqlite3.Connection, channel_id: int, at: int) -> None:
    db.execute("UPDATE channels SET sent_at = ?, failure = NULL WHERE id = ?", (at, channel_id))


def note_reported(db: sqlite3.Connection, channel_id: int, month: str) -> None:
    """The report of this month arrived, or is not to be sent any more."""
    db.execute("UPDATE channels SET reported = ? WHERE id = ?", (month, channel_id))


def note_failed(db: sqlite3.Connection, channel_id: int, failure: str, at: int) -> None:
    db.execute("UPDATE channels SET failure = ?, failed_at = ? WHERE id = ?", (failure, at, channel_id))


def _row(channel: Channel) -> tuple[object, ...]:
    return (
        channel.name,
        channel.kind,
        channel.secret,
        json.dumps(channel.shown, ensure_ascii=False),
        channel.language,
        channel.least_severity,
        channel.quiet_from,
        channel.quiet_to,
        int(channel.always_critical),
        int(channel.enabled),
        int(channel.monthly_report),
    )


def _channel(row: sqlite3.Row) -> Channel:
    flags = {name: bool(row[name]) for name in ("always_critical", "enabled", "monthly_report")}
    return Channel(**{**dict(row), **flags, "shown": json.loads(row["shown"])})
