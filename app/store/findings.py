"""Stretches in which a heat pump behaved unusually, and what its owner said about them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["real", "not a fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """since <= time < until (UTC seconds); `score` is the highest, None for one that the owner marked.

    `reasons` is JSON.
    """

    id: int
    heatpump_id: str
    since: int
    until: int
    score: float | None
    reasons: str
    verdict: Verdict | None
    verdict_at: int | None
    verdict_by: str | None


_COLUMNS = ", ".join(Finding.__slots__)


def find(db: sqlite3.Connection, heatpump_id: str, finding_id: int) -> Finding | None:
    row = db.execute(
        f"SELECT {_COLUMNS} FROM findings WHERE id = ? AND heatpump_id = ?", (finding_id, heatpump_id)
    ).fetchone()
    return None if row is None else Finding(*row)


def last(db: sqlite3.Connection, heatpump_id: str) -> Finding | None:
    """The newest that the detector found."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM findings WHERE heatpump_id = ? AND score IS NOT NULL ORDER BY until DESC LIMIT 1",
        (heatpump_id,),
    ).fetchone()
    return None if row is None else Finding(*row)


def between(db: sqlite3.Connection, heatpump_id: str, start: int, end: int) -> list[Finding]:
    """Those with any time in start <= time < end, newest first."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM findings WHERE heatpump_id = ? AND since < ? AND until > ?"
        " ORDER BY since DESC, id DESC",
        (heatpump_id, end, start),
    )
    return [Finding(*row) for row in rows]


def add(db: sqlite3.Connection, heatpump_id: str, since: int, until: int, score: float | None, reasons: str) -> int:
    number: int = db.execute(
        "INSERT INTO findings (heatpump_id, since, until, score, reasons) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (heatpump_id, since, until, score, reasons),
    ).fetchone()[0]
    return number


def go_on(db: sqlite3.Connection, finding_id: int, until: int) -> None:
    db.execute("UPDATE findings SET until = max(until, ?) WHERE id = ?", (until, finding_id))


def become_stronger(db: sqlite3.Connection, finding_id: int, score: float, reasons: str) -> None:
    db.execute("UPDATE findings SET score = ?, reasons = ? WHERE id = ?", (score, reasons, finding_id))


def judge(db: sqlite3.Connection, finding_id: int, verdict: Verdict | None, at: int, who: str) -> None:
    """What the owner says about it; None takes it back."""
    db.execute(
        "UPDATE findings SET verdict = ?, verdict_at = ?, verdict_by = ? WHERE id = ?",
        (verdict, None if verdict is None else at, None if verdict is None else who, finding_id),
    )


def remove(db: sqlite3.Connection, finding_id: int) -> None:
    db.execute("DELETE FROM findings WHERE id = ?", (finding_id,))
