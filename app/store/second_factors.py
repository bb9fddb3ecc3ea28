"""Second factors of accounts: the sealed secret that a phone shares, and the hashes of recovery codes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """`secret` is sealed. `since`: None while it was shown, but not confirmed with a code."""

    secret: str
    since: int | None


def find(db: sqlite3.Connection, user_id: int) -> SecondFactor | None:
    row = db.execute("SELECT secret, since FROM second_factors WHERE user_id = ?", (user_id,)).fetchone()
    return SecondFactor(*row) if row else None


def users(db: sqlite3.Connection) -> frozenset[int]:
    """The accounts that have a confirmed one."""
    rows = db.execute("SELECT user_id FROM second_factors WHERE since IS NOT NULL")
    return frozenset(row["user_id"] for row in rows)


def propose(db: sqlite3.Connection, user_id: int, secret: str) -> None:
    """A new one in the place of one that was never confirmed."""
    db.execute("INSERT OR REPLACE INTO second_factors (user_id, secret) VALUES (?, ?)", (user_id, secret))


def confirm(db: sqlite3.Connection, user_id: int, at: int) -> None:
    db.execute("UPDATE second_factors SET since = ? WHERE user_id = ?", (at, user_id))


def take(db: sqlite3.Connection, user_id: int, step: int) -> bool:
    """Use up the code of this step; False when it, or a later one, was used before."""
    changed = db.execute(
        "UPDATE second_factors SET last_step = ?2 WHERE user_id = ?1 AND last_step < ?2", (user_id, step)
    )
    return changed.rowcount == 1


def remove(db: sqlite3.Connection, user_id: int) -> None:
    """With its recovery codes."""
    db.execute("DELETE FROM second_factors WHERE user_id = ?", (user_id,))
    db.execute("DELETE FROM recovery_codes WHERE user_id = ?", (user_id,))


def set_codes(db: sqlite3.Connection, user_id: int, hashes: Iterable[str]) -> None:
    """These in the place of the ones before."""
    db.execute("DELETE FROM recovery_codes WHERE user_id = ?", (user_id,))
    db.executemany(
        "INSERT INTO recovery_codes (user_id, code_hash) VALUES (?, ?)", [(user_id, each) for each in hashes]
    )


def take_code(db: sqlite3.Connection, user_id: int, code_hash: str) -> bool:
    """Use up a recovery code; False when there is no such one."""
    gone = db.execute("DELETE FROM recovery_codes WHERE user_id = ? AND code_hash = ?", (user_id, code_hash))
    return gone.rowcount == 1


def codes_left(db: sqlite3.Connection, user_id: int) -> int:
    number: int = db.execute("SELECT count(*) FROM recovery_codes WHERE user_id = ?", (user_id,)).fetchone()[0]
    return number
