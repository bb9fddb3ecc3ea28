"""Who changed what at which heat pump, when, and what became of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.messages import Message, Sentence, from_json, to_json
from app.reading import Value
from app.store.among import Among, listed

ActorKind = Literal["user", "token", "job", "program"]
Action = Literal["write", "undo", "hold", "release", "stop", "allow"]
Result = Literal["confirmed", "unconfirmed", "skipped", "denied", "failed"]

BROKEN_OFF = Message("the program ended before the outcome was known")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wants it: an account, a token, a job, or the program itself; `name` as it is now."""

    kind: ActorKind
    name: str


PROGRAM = Actor("program", "")


@dataclass(frozen=True, slots=True)
class Intent:
    """What somebody is about to do; heat pump and sensor are None where it concerns all of them."""

    actor: Actor
    action: Action
    heatpump_id: str | None
    heatpump: str
    sensor: str | None
    old: Value = None
    requested: Value = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit; times in UTC seconds, `outcome` None while it is under way."""

    id: int
    begun_at: int
    ended_at: int | None
    intent: Intent
    read_back: Value
    outcome: Result | None
    reached: bool
    said: Message | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries; None: all. `since` <= time < `until`. `among`: of these heat pumps, and what concerned all."""

    heatpump_id: str | None = None
    sensor: str | None = None
    outcome: str | None = None
    actor: str | None = None
    since: int | None = None
    until: int | None = None
    among: Among = None


_COLUMNS = (
    "id, begun_at, ended_at, actor_kind, actor, action, heatpump_id, heatpump, sensor, old, requested, read_back,"
    " outcome, reached, said, undoes"
)


def begin(db: sqlite3.Connection, intent: Intent, at: int, *, reached: bool) -> int:
    """Note what is about to happen, before it does; the number of the entry."""
    row = db.execute(
        "INSERT INTO audit (begun_at, actor_kind, actor, action, heatpump_id, heatpump, sensor, old, requested,"
        " reached, undoes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (
            at,
            intent.actor.kind,
            intent.actor.name,
            intent.action,
            intent.heatpump_id,
            intent.heatpump,
            intent.sensor,
            _packed(intent.old),
            _packed(intent.requested),
            int(reached),
            intent.undoes,
        ),
    ).fetchone()
    entry_id: int = row["id"]
    return entry_id


def finish(
    db: sqlite3.Connection,
    entry_id: int,
    at: int,
    outcome: Result,
    said: Sentence,
    *,
    read_back: Value = None,
    reached: bool,
) -> None:
    """What became of it; once said, it stays."""
    db.execute(
        "UPDATE audit SET ended_at = ?, outcome = ?, said = ?, read_back = ?, reached = ?"
        " WHERE id = ? AND outcome IS NULL",
        (at, outcome, to_json(said), _packed(read_back), int(reached), entry_id),
    )


def note(
    db: sqlite3.Connection,
    intent: Intent,
    at: int,
    outcome: Result,
    said: Sentence,
    *,
    read_back: Value = None,
    reached: bool = False,
) -> int:
    """Something that is over when it is noted."""
    entry_id = begin(db, intent, at, reached=reached)
    finish(db, entry_id, at, outcome, said, read_back=read_back, reached=reached)
    return entry_id


def close_left_open(db: sqlite3.Connection, at: int) -> int:
    """Call it when nobody can be writing: what was begun and never finished is unconfirmed. How many there were."""
    return db.execute(
        "UPDATE audit SET ended_at = ?, outcome = 'unconfirmed', said = ? WHERE outcome IS NULL",
        (at, to_json(BROKEN_OFF)),
    ).rowcount


def find(db: sqlite3.Connection, entry_id: int) -> Entry | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM audit WHERE id = ?", (entry_id,)).fetchone()
    return _entry(row) if row else None


def newest(db: sqlite3.Connection, wanted: Filter, most: int, before: int | None = None) -> list[Entry]:
    """The newest entries first; `before` goes on after the entry of this number."""
    return list(_found(db, wanted, before, most))


def every(db: sqlite3.Connection, wanted: Filter) -> Iterator[Entry]:
    """All of them, newest first, in constant memory."""
    return _found(db, wanted, None, -1)


def last_changes(db: sqlite3.Connection, heatpump_id: str) -> dict[str, Entry]:
    """The newest entry of each sensor of a heat pump that was more than asked for."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM audit WHERE id IN (SELECT max(id) FROM audit WHERE heatpump_id = ?"
        " AND sensor IS NOT NULL AND action IN ('write', 'undo', 'release') AND outcome IN ('confirmed', 'unconfirmed')"
        " GROUP BY sensor)",
        (heatpump_id,),
    )
    return {row["sensor"]: _entry(row) for row in rows}


def times_reached(db: sqlite3.Connection, heatpump_id: str, sensor: str, since: int) -> list[int]:
    """When this register was written, or may have been, from `since` on; oldest first."""
    rows = db.execute(
        "SELECT begun_at FROM audit WHERE heatpump_id = ? AND sensor = ? AND begun_at >= ? AND reached = 1"
        " ORDER BY begun_at",
        (heatpump_id, sensor, since),
    )
    return [row["begun_at"] for row in rows]


def reached(db: sqlite3.Connection, since: int, lately: int) -> list[tuple[str, str, int, int]]:
    """(heat pump, register, writes from `lately` on, writes from `since` on) of every register written since then."""
    rows = db.execute(
        "SELECT heatpump_id, sensor, sum(begun_at >= ?), count(*) FROM audit"
        " WHERE begun_at >= ? AND reached = 1 AND heatpump_id IS NOT NULL AND sensor IS NOT NULL"
        " GROUP BY heatpump_id, sensor ORDER BY count(*) DESC",
        (lately, since),
    )
    return [tuple(row) for row in rows]


def explains(db: sqlite3.Connection, heatpump_id: str, sensor: str, since: int, value: Value) -> int | None:
    """The newest entry since then by which this register may have got this value, or None."""
    rows = db.execute(
        "SELECT id, requested, read_back FROM audit WHERE heatpump_id = ? AND sensor = ? AND begun_at >= ?"
        " AND reached = 1 ORDER BY id DESC",
        (heatpump_id, sensor, since),
    )
    for row in rows:
        if value in (_unpacked(row["requested"]), _unpacked(row["read_back"])):
            found: int = row["id"]
            return found
    return None


def reached_since(db: sqlite3.Connection, heatpump_id: str, sensor: str, since: int) -> list[Entry]:
    """The ended entries begun after this time by which this register may have got another value, oldest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM audit WHERE heatpump_id = ? AND sensor = ? AND begun_at > ? AND reached = 1"
        " AND outcome IS NOT NULL ORDER BY id",
        (heatpump_id, sensor, since),
    )
    return [_entry(row) for row in rows]


def actors(db: sqlite3.Connection, among: Among = None) -> list[str]:
    """Everybody who stands in the audit of these heat pumps."""
    rows = db.execute(
        "SELECT DISTINCT actor FROM audit WHERE actor != '' AND (?1 IS NULL OR heatpump_id IS NULL"
        " OR heatpump_id IN (SELECT value FROM json_each(?1))) ORDER BY actor",
        (listed(among),),
    )
    return [row["actor"] for row in rows]


def heat_pumps(db: sqlite3.Connection) -> dict[str, str]:
    """Every heat pump that stands in the audit, with its last name there, also when it is gone."""
    rows = db.execute(
        "SELECT heatpump_id, heatpump, max(id) FROM audit WHERE heatpump_id IS NOT NULL GROUP BY heatpump_id"
    )
    return {row["heatpump_id"]: row["heatpump"] for row in rows}


def _found(db: sqlite3.Connection, wanted: Filter, before: int | None, most: int) -> Iterator[Entry]:
    conditions = {
        "heatpump_id = ?": wanted.heatpump_id,
        "sensor = ?": wanted.sensor,
        "outcome = ?": wanted.outcome,
        "actor = ?": wanted.actor,
        "begun_at >= ?": wanted.since,
        "begun_at < ?": wanted.until,
        "id < ?": before,
        "(heatpump_id IS NULL OR heatpump_id IN (SELECT value FROM json_each(?)))": listed(wanted.among),
    }
    asked = {text: fact for text, fact in conditions.items() if fact is not None}
    where = " AND ".join(asked) or "1"
    rows = db.execute(f"SELECT {_COLUMNS} FROM audit WHERE {where} ORDER BY id DESC LIMIT ?", (*asked.values(), most))
    return (_entry(row) for row in rows)


def _entry(row: sqlite3.Row) -> Entry:
    intent = Intent(
        Actor(row["actor_kind"], row["actor"]),
        row["action"],
        row["heatpump_id"],
        row["heatpump"],
        row["sensor"],
        _unpacked(row["old"]),
        _unpacked(row["requested"]),
        row["undoes"],
    )
    return Entry(
        row["id"],
        row["begun_at"],
        row["ended_at"],
        intent,
        _unpacked(row["read_back"]),
        row["outcome"],
        bool(row["reached"]),
        from_json(row["said"]) if row["said"] else None,
    )


def _packed(value: Value) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _unpacked(text: str | None) -> Value:
    value: Value = None if text is None else json.loads(text)
    return value
