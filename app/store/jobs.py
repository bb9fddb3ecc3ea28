"""Jobs, and what became of each of their runs."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

from app.messages import Message, Sentence, from_json, to_json

Part = Literal["value", "end"]
RunOutcome = Literal["confirmed", "unconfirmed", "skipped", "denied", "failed", "missed", "not met"]

KEPT_RUNS = 1000
"""Of each job; older ones go. What was written stays in the audit."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A job as it is stored; `content` is JSON, times are UTC seconds."""

    id: int
    heatpump_id: str
    name: str
    content: str
    paused: bool
    done_until: int
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Run:
    """One planned run; `try_at` while it is still to be done, `missed` how many before it were missed with it."""

    id: int
    job_id: int
    part: Part
    planned_at: int
    try_at: int | None
    ended_at: int | None
    outcome: RunOutcome | None
    said: Message | None
    audit_id: int | None
    missed: int


_COLUMNS = "id, heatpump_id, name, content, paused, done_until, created_at, updated_at"
_RUN_COLUMNS = "id, job_id, part, planned_at, try_at, ended_at, outcome, said, audit_id, missed"


def all_of_them(db: sqlite3.Connection) -> list[Kept]:
    return [_kept(row) for row in db.execute(f"SELECT {_COLUMNS} FROM jobs ORDER BY id")]


def find(db: sqlite3.Connection, job_id: int) -> Kept | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM jobs WHERE id = ?", (job_id,)).fetchone()
    return _kept(row) if row else None


def add(db: sqlite3.Connection, heatpump_id: str, name: str, content: str, now: int) -> int:
    """The new job's number. Nothing before `now` counts as missed."""
    row = db.execute(
        "INSERT INTO jobs (heatpump_id, name, content, done_until, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (heatpump_id, name, content, now, now, now),
    ).fetchone()
    number: int = row["id"]
    return number


def change(db: sqlite3.Connection, job_id: int, name: str, content: str, now: int) -> None:
    """What was planned before the change is over."""
    db.execute(
        "UPDATE jobs SET name = ?, content = ?, done_until = ?, updated_at = ? WHERE id = ?",
        (name, content, now, now, job_id),
    )


def pause(db: sqlite3.Connection, job_id: int, paused: bool, now: int) -> None:
    """What is planned while it pauses is not missed."""
    db.execute(
        "UPDATE jobs SET paused = ?, done_until = ?, updated_at = ? WHERE id = ?", (int(paused), now, now, job_id)
    )


def done_until(db: sqlite3.Connection, job_id: int, until: int) -> None:
    db.execute("UPDATE jobs SET done_until = ? WHERE id = ?", (until, job_id))


def remove(db: sqlite3.Connection, job_id: int) -> bool:
    """False when there was none."""
    return db.execute("DELETE FROM jobs WHERE id = ?", (job_id,)).rowcount == 1


def plan(db: sqlite3.Connection, job_id: int, part: Part, planned_at: int, try_at: int, missed: int = 0) -> int:
    """A run that is to be done at `try_at`; the number of it."""
    row = db.execute(
        "INSERT INTO job_runs (job_id, part, planned_at, try_at, missed) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (job_id, part, planned_at, try_at, missed),
    ).fetchone()
    db.execute(
        "DELETE FROM job_runs WHERE job_id = ?1 AND try_at IS NULL AND id NOT IN"
        " (SELECT id FROM job_runs WHERE job_id = ?1 ORDER BY planned_at DESC, id DESC LIMIT ?2)",
        (job_id, KEPT_RUNS),
    )
    number: int = row["id"]
    return number


def end(
    db: sqlite3.Connection, run_id: int, at: int, outcome: RunOutcome, said: Sentence, audit_id: int | None = None
) -> None:
    """What became of a run."""
    db.execute(
        "UPDATE job_runs SET try_at = NULL, ended_at = ?, outcome = ?, said = ?, audit_id = ? WHERE id = ?",
        (at, outcome, to_json(said), audit_id, run_id),
    )


def try_later(db: sqlite3.Connection, run_id: int, at: int, said: Sentence) -> None:
    """It did not work yet, and why."""
    db.execute("UPDATE job_runs SET try_at = ?, said = ? WHERE id = ?", (at, to_json(said), run_id))


def open_runs(db: sqlite3.Connection) -> list[Run]:
    """What is still to be done, in the order in which it was planned."""
    rows = db.execute(
        f"SELECT {_RUN_COLUMNS} FROM job_runs WHERE try_at IS NOT NULL ORDER BY planned_at, part DESC, id"
    )
    return [_run(row) for row in rows]


def runs(db: sqlite3.Connection, job_id: int, most: int) -> list[Run]:
    """The newest runs first."""
    rows = db.execute(
        f"SELECT {_RUN_COLUMNS} FROM job_runs WHERE job_id = ? ORDER BY planned_at DESC, id DESC LIMIT ?",
        (job_id, most),
    )
    return [_run(row) for row in rows]


def last_runs(db: sqlite3.Connection) -> dict[int, Run]:
    """The newest run that is over, of each job."""
    rows = db.execute(
        f"SELECT {_RUN_COLUMNS}, max(planned_at * 2 + (part = 'end')) AS newest"
        " FROM job_runs WHERE try_at IS NULL GROUP BY job_id"
    )
    return {row["job_id"]: _run(row) for row in rows}


def _kept(row: sqlite3.Row) -> Kept:
    return Kept(
        row["id"],
        row["heatpump_id"],
        row["name"],
        row["content"],
        bool(row["paused"]),
        row["done_until"],
        row["created_at"],
        row["updated_at"],
    )


def _run(row: sqlite3.Row) -> Run:
    return Run(
        row["id"],
        row["job_id"],
        row["part"],
        row["planned_at"],
        row["try_at"],
        row["ended_at"],
        row["outcome"],
        None if row["said"] is None else from_json(row["said"]),
        row["audit_id"],
        row["missed"],
    )
