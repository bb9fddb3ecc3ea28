"""What is shared with a receiver of the owner's choice, and what became of every payload."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sharing:
    """`endpoint` takes the payloads; `installation_id` is told to it, `salt` to nobody; `next_at` in UTC seconds."""

    enabled: bool
    endpoint: str
    installation_id: str
    salt: str
    next_at: int


@dataclass(frozen=True, slots=True)
class Payload:
    """One message: `body` is exactly what is sent. It waits while `due_at` (UTC seconds) is set; `said` is JSON."""

    id: int
    made_at: int
    endpoint: str
    body: str
    tries: int
    due_at: int | None
    ended_at: int | None
    outcome: str | None
    said: str | None


_COLUMNS = "id, made_at, endpoint, body, tries, due_at, ended_at, outcome, said"


def sharing(db: sqlite3.Connection) -> Sharing | None:
    row = db.execute("SELECT enabled, endpoint, installation_id, salt, next_at FROM telemetry").fetchone()
    return None if row is None else Sharing(bool(row["enabled"]), *row[1:])


def put(db: sqlite3.Connection, chosen: Sharing) -> None:
    db.execute(
        "INSERT INTO telemetry (id, enabled, endpoint, installation_id, salt, next_at) VALUES (1, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET enabled = excluded.enabled, endpoint = excluded.endpoint,"
        " installation_id = excluded.installation_id, salt = excluded.salt, next_at = excluded.next_at",
        (int(chosen.enabled), chosen.endpoint, chosen.installation_id, chosen.salt, chosen.next_at),
    )


def forget(db: sqlite3.Connection, at: int) -> None:
    """Delete the installation id everywhere: here, in what waits and in what was sent."""
    db.execute("DELETE FROM telemetry")
    db.execute(
        "UPDATE telemetry_payloads SET due_at = NULL, ended_at = ?, outcome = 'dropped' WHERE due_at IS NOT NULL", (at,)
    )
    db.execute("UPDATE telemetry_payloads SET body = ''")


def add(db: sqlite3.Connection, at: int, endpoint: str, body: str) -> None:
    """Let this payload wait to be sent, at once."""
    db.execute(
        "INSERT INTO telemetry_payloads (made_at, endpoint, body, due_at) VALUES (?, ?, ?, ?)", (at, endpoint, body, at)
    )


def waiting(db: sqlite3.Connection) -> list[Payload]:
    """The oldest first."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM telemetry_payloads WHERE due_at IS NOT NULL ORDER BY made_at, id")
    return [Payload(*row) for row in rows]


def newest(db: sqlite3.Connection, most: int) -> list[Payload]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM telemetry_payloads ORDER BY made_at DESC, id DESC LIMIT ?", (most,))
    return [Payload(*row) for row in rows]


def put_off(db: sqlite3.Connection, payload_id: int, due_at: int, said: str) -> None:
    db.execute(
        "UPDATE telemetry_payloads SET tries = tries + 1, due_at = ?, said = ? WHERE id = ? AND due_at IS NOT NULL",
        (due_at, said, payload_id),
    )


def end(db: sqlite3.Connection, payload_id: int, at: int, outcome: str, said: str | None = None) -> None:
    """It waits no longer. What was deleted meanwhile stays so."""
    db.execute(
        "UPDATE telemetry_payloads SET due_at = NULL, ended_at = ?, outcome = ?, said = coalesce(?, said)"
        " WHERE id = ? AND due_at IS NOT NULL",
        (at, outcome, said, payload_id),
    )


def drop(db: sqlite3.Connection, before: int) -> None:
    """Forget what ended before this time."""
    db.execute("DELETE FROM telemetry_payloads WHERE ended_at < ?", (before,))
