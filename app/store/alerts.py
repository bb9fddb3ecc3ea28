"""The owner's rules, and where each stands with each heat pump."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass, replace

from app.alert import Condition, Severity, State

CHANGES = "alerts_changed"
"""A counter: it moves with every change of a rule, so that whoever holds the rules in memory knows."""

_COLUMNS = "id, heatpump_id, builtin, name, conditions, for_s, severity, repeat_s, advice, enabled"


@dataclass(frozen=True, slots=True)
class Alert:
    """One rule. `heatpump_id`: None for all; `repeat_s`: say it again so often, None for once; `id` 0 while unkept."""

    id: int
    heatpump_id: str | None
    builtin: str | None
    name: str
    conditions: tuple[Condition, ...]
    for_s: int
    severity: Severity
    repeat_s: int | None
    advice: str
    enabled: bool


def all_of_them(db: sqlite3.Connection) -> list[Alert]:
    return [_alert(row) for row in db.execute(f"SELECT {_COLUMNS} FROM alerts ORDER BY id")]


def find(db: sqlite3.Connection, alert_id: int) -> Alert | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM alerts WHERE id = ?", (alert_id,)).fetchone()
    return _alert(row) if row else None


def add(db: sqlite3.Connection, alert: Alert, at: int) -> Alert:
    row = db.execute(
        f"INSERT INTO alerts ({_COLUMNS.removeprefix('id, ')}, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (*_row(alert), at, at),
    ).fetchone()
    _changed(db)
    return replace(alert, id=row["id"])


def change(db: sqlite3.Connection, alert: Alert, at: int) -> None:
    """What it stood at with the old conditions says nothing about the new ones."""
    before = find(db, alert.id)
    db.execute(
        "UPDATE alerts SET heatpump_id = ?, builtin = ?, name = ?, conditions = ?, for_s = ?, severity = ?,"
        " repeat_s = ?, advice = ?, enabled = ?, updated_at = ? WHERE id = ?",
        (*_row(alert), at, alert.id),
    )
    if before is not None and _judged_otherwise(before, alert):
        db.execute("DELETE FROM alert_states WHERE alert_id = ? AND open = 0", (alert.id,))
    _changed(db)


def remove(db: sqlite3.Connection, alert_id: int) -> None:
    """The rule; its events stay."""
    db.execute("DELETE FROM alerts WHERE id = ?", (alert_id,))
    _changed(db)


def changes(db: sqlite3.Connection) -> int:
    """A number that is another one after every change of a rule; 0 when there never was one."""
    row = db.execute("SELECT value FROM counters WHERE name = ?", (CHANGES,)).fetchone()
    return row[0] if row else 0


def states(db: sqlite3.Connection, heatpump_id: str) -> dict[int, State]:
    """alert → where it stands with this heat pump, of those that stand anywhere."""
    rows = db.execute(
        "SELECT alert_id, held, since, seen_at, open FROM alert_states WHERE heatpump_id = ?", (heatpump_id,)
    )
    return {row[0]: State(tuple(json.loads(row[1])), row[2], row[3], bool(row[4])) for row in rows}


def keep_state(db: sqlite3.Connection, alert_id: int, heatpump_id: str, state: State) -> None:
    """A state in which nothing holds is kept by not being there."""
    if not any(state.held) and state.since is None:
        db.execute("DELETE FROM alert_states WHERE alert_id = ? AND heatpump_id = ?", (alert_id, heatpump_id))
        return
    db.execute(
        "INSERT INTO alert_states (alert_id, heatpump_id, held, since, seen_at, open) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (alert_id, heatpump_id) DO UPDATE SET held = excluded.held, since = excluded.since,"
        " seen_at = excluded.seen_at, open = excluded.open",
        (alert_id, heatpump_id, json.dumps(state.held), state.since, state.seen, int(state.open)),
    )


def move_states(db: sqlite3.Connection, seconds: int) -> None:
    """The clock was set by so many seconds; what lasts has not lasted longer or shorter for it."""
    db.execute("UPDATE alert_states SET since = since + ?1, seen_at = seen_at + ?1", (seconds,))


def forget_states(db: sqlite3.Connection, heatpump_id: str) -> None:
    """Nothing stands any more for this heat pump: it is not being read."""
    db.execute("DELETE FROM alert_states WHERE heatpump_id = ?", (heatpump_id,))


def _judged_otherwise(before: Alert, after: Alert) -> bool:
    return (before.conditions, before.for_s, before.enabled) != (after.conditions, after.for_s, after.enabled)


def _changed(db: sqlite3.Connection) -> None:
    db.execute(
        "INSERT INTO counters (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1",
        (CHANGES,),
    )


def _row(alert: Alert) -> tuple[object, ...]:
    return (
        alert.heatpump_id,
        alert.builtin,
        alert.name,
        json.dumps([_shortened(each) for each in alert.conditions], ensure_ascii=False),
        alert.for_s,
        alert.severity,
        alert.repeat_s,
        alert.advice,
        int(alert.enabled),
    )


def _shortened(condition: Condition) -> dict[str, object]:
    """Only the fields that say something."""
    return {name: value for name, value in asdict(condition).items() if value not in (None, (), 0.0) or name == "value"}


def _alert(row: sqlite3.Row) -> Alert:
    conditions = tuple(
        Condition(**{**each, "words": tuple(each.get("words", ()))}) for each in json.loads(row["conditions"])
    )
    return Alert(
        row["id"],
        row["heatpump_id"],
        row["builtin"],
        row["name"],
        conditions,
        row["for_s"],
        row["severity"],
        row["repeat_s"],
        row["advice"],
        bool(row["enabled"]),
    )
