"""What rules have found: opened, acknowledged, closed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.alert import Severity
from app.store.alerts import Alert
from app.store.among import Among, listed, narrowed

Ending = Literal["recovered", "unwatched"]
Cause = Mapping[str, Any]
"""What one condition found: its kind, sensor, value, limit … (see app/polling/causes.py)."""

FLAPPING = 3
"""From so many openings within the hour on."""

_COLUMNS = (
    "id, alert_id, heatpump_id, builtin, name, severity, advice, causes, since, opened_at, closed_at, ending, openings,"
    " announced, quiet_until, repeat_at, acknowledged_at, acknowledged_by, note"
)

_AMONG = "(?1 IS NULL OR heatpump_id IN (SELECT value FROM json_each(?1)))"


@dataclass(frozen=True, slots=True)
class Event:
    """Times in UTC seconds. Name, severity and advice are those that the rule had then."""

    id: int
    alert_id: int | None
    heatpump_id: str
    builtin: str | None
    name: str
    severity: Severity
    advice: str
    causes: tuple[Cause, ...]
    since: int
    opened_at: int
    closed_at: int | None
    ending: Ending | None
    openings: int
    announced: bool
    quiet_until: int | None
    repeat_at: int | None
    acknowledged_at: int | None
    acknowledged_by: str | None
    note: str

    @property
    def flapping(self) -> bool:
        """It came and went so often within an hour that each time is not told any more."""
        return self.openings >= FLAPPING

    def lasted_s(self, now: float) -> int:
        """From when it began to hold."""
        return round((now if self.closed_at is None else self.closed_at) - self.since)


def open_new(
    db: sqlite3.Connection, alert: Alert, heatpump_id: str, causes: Sequence[Cause], since: int, at: int
) -> Event:
    """Call it inside a transaction."""
    row = db.execute(
        "INSERT INTO alert_events (alert_id, heatpump_id, builtin, name, severity, advice, causes, since, opened_at)"
        f" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING {_COLUMNS}",
        (
            alert.id,
            heatpump_id,
            alert.builtin,
            alert.name,
            alert.severity,
            alert.advice,
            json.dumps(causes, ensure_ascii=False),
            since,
            at,
        ),
    ).fetchone()
    return _event(row)


def open_again(db: sqlite3.Connection, event_id: int, causes: Sequence[Cause]) -> Event:
    """What was just over goes on: one event that came several times is more telling than several."""
    row = db.execute(
        "UPDATE alert_events SET closed_at = NULL, ending = NULL, openings = openings + 1, causes = ?,"
        f" acknowledged_at = NULL, acknowledged_by = NULL WHERE id = ? RETURNING {_COLUMNS}",
        (json.dumps(causes, ensure_ascii=False), event_id),
    ).fetchone()
    return _event(row)


def close(db: sqlite3.Connection, event_id: int, at: int, ending: Ending) -> None:
    db.execute(
        "UPDATE alert_events SET closed_at = ?, ending = ?, repeat_at = NULL WHERE id = ?",
        (at, ending, event_id),
    )


def acknowledge(db: sqlite3.Connection, event_id: int, who: str, note: str, at: int) -> bool:
    """False when somebody did so before; then nothing changes. It is not repeated any more."""
    cursor = db.execute(
        "UPDATE alert_events SET acknowledged_at = ?, acknowledged_by = ?, note = ?, repeat_at = NULL"
        " WHERE id = ? AND acknowledged_at IS NULL",
        (at, who, note, event_id),
    )
    return cursor.rowcount == 1


def be_quiet(db: sqlite3.Connection, event_id: int, until: int | None) -> None:
    """Say nothing more about it until then."""
    db.execute("UPDATE alert_events SET quiet_until = ? WHERE id = ?", (until, event_id))


def announce(db: sqlite3.Connection, event_id: int, repeat_at: int | None) -> None:
    """Messages about it were handed to the channels; say it again at this time."""
    db.execute("UPDATE alert_events SET announced = 1, repeat_at = ? WHERE id = ?", (repeat_at, event_id))


def settle(db: sqlite3.Connection, event_id: int) -> None:
    """It came and went, and has stayed away: the next time is a new event."""
    db.execute("UPDATE alert_events SET announced = 0 WHERE id = ?", (event_id,))


def find(db: sqlite3.Connection, event_id: int) -> Event | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM alert_events WHERE id = ?", (event_id,)).fetchone()
    return _event(row) if row else None


def open_one(db: sqlite3.Connection, alert_id: int, heatpump_id: str) -> Event | None:
    """The open event of this rule and heat pump."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM alert_events WHERE alert_id = ? AND heatpump_id = ? AND closed_at IS NULL",
        (alert_id, heatpump_id),
    ).fetchone()
    return _event(row) if row else None


def just_over(db: sqlite3.Connection, alert_id: int, heatpump_id: str, after: int) -> Event | None:
    """The newest event of this rule and heat pump, if it went away by itself after this time."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM alert_events WHERE alert_id = ? AND heatpump_id = ? AND closed_at > ?"
        " AND ending = 'recovered' ORDER BY id DESC LIMIT 1",
        (alert_id, heatpump_id, after),
    ).fetchone()
    return _event(row) if row else None


def open_ones(db: sqlite3.Connection, heatpump_id: str | None = None, *, among: Among = None) -> list[Event]:
    """The open events of one heat pump, or of these; the worst first, then the newest."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM alert_events WHERE closed_at IS NULL AND {_AMONG} ORDER BY"
        " CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, opened_at DESC",
        (listed(narrowed(heatpump_id, among)),),
    )
    return [_event(row) for row in rows]


def number_open(db: sqlite3.Connection, heatpump_id: str | None = None, *, among: Among = None) -> int:
    """How many are open, of one heat pump or of these."""
    row = db.execute(
        f"SELECT count(*) FROM alert_events WHERE closed_at IS NULL AND {_AMONG}",
        (listed(narrowed(heatpump_id, among)),),
    ).fetchone()
    number: int = row[0]
    return number


def unsettled(db: sqlite3.Connection, before: int) -> list[Event]:
    """Flapping events that have stayed away since before this time, without anybody having been told."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM alert_events WHERE closed_at <= ? AND openings >= ? AND announced = 1"
        " AND ending = 'recovered'",
        (before, FLAPPING),
    )
    return [_event(row) for row in rows]


def log(
    db: sqlite3.Connection,
    *,
    heatpump_id: str | None = None,
    among: Among = None,
    severity: str | None = None,
    open_only: bool = False,
    start: int = 0,
    end: int | None = None,
    before_id: int | None = None,
    limit: int,
) -> list[Event]:
    """Events that lasted at some moment of start <= time < end, the newest first.

    `before_id` goes on after that event.
    """
    clauses: list[str] = [_AMONG, "coalesce(closed_at, ?2) >= ?3"]
    facts: list[Any] = [listed(narrowed(heatpump_id, among)), end or start + 1, start]
    wanted: list[tuple[str, Any]] = [
        ("severity = ?", severity),
        ("since < ?", end),
        ("(opened_at, id) < (SELECT opened_at, id FROM alert_events WHERE id = ?)", before_id),
    ]
    for clause, fact in wanted:
        if fact is not None:
            clauses.append(clause)
            facts.append(fact)
    if open_only:
        clauses.append("closed_at IS NULL")
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM alert_events WHERE {' AND '.join(clauses)} ORDER BY opened_at DESC, id DESC LIMIT ?",
        (*facts, limit),
    )
    return [_event(row) for row in rows]


def _event(row: sqlite3.Row) -> Event:
    return Event(**{**dict(row), "causes": tuple(json.loads(row["causes"])), "announced": bool(row["announced"])})
