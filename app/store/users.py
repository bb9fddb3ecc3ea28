"""Who may sign in, what they may see, and until when."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from app.store.among import Among


@dataclass(frozen=True, slots=True)
class User:
    """`heatpumps`: None for all of them. `expires_at` in UTC seconds; None: never."""

    id: int
    name: str
    password_hash: str
    role: str
    language: str | None
    created_at: int
    expires_at: int | None
    heatpumps: Among


_SELECT = (
    "SELECT users.id, name, password_hash, role, language, created_at, expires_at, coalesce(limited, 0) AS limited,"
    " (SELECT json_group_array(heatpump_id) FROM user_heatpumps WHERE user_id = users.id) AS heatpumps"
    " FROM users LEFT JOIN user_bounds ON user_bounds.user_id = users.id"
)


def find(db: sqlite3.Connection, user_id: int) -> User | None:
    row = db.execute(f"{_SELECT} WHERE users.id = ?", (user_id,)).fetchone()
    return _user(row) if row else None


def named(db: sqlite3.Connection, name: str) -> User | None:
    row = db.execute(f"{_SELECT} WHERE name = ?", (name,)).fetchone()
    return _user(row) if row else None


def all_of_them(db: sqlite3.Connection) -> list[User]:
    """By name."""
    return [_user(row) for row in db.execute(f"{_SELECT} ORDER BY name COLLATE NOCASE")]


def any_at_all(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM users LIMIT 1").fetchone() is not None


def add(db: sqlite3.Connection, name: str, password_hash: str, role: str, at: int) -> int:
    """Its number. Raises sqlite3.IntegrityError when the name is taken."""
    user_id: int = db.execute(
        "INSERT INTO users (name, password_hash, role, created_at) VALUES (?, ?, ?, ?) RETURNING id",
        (name, password_hash, role, at),
    ).fetchone()[0]
    return user_id


def bound(db: sqlite3.Connection, user_id: int, role: str, expires_at: int | None, heatpumps: Among) -> None:
    """What this account may do, until when, and what it sees. Raises sqlite3.IntegrityError for one that is none."""
    db.execute("UPDATE users SET role = ? WHERE id = ?", (role, user_id))
    db.execute(
        "INSERT OR REPLACE INTO user_bounds (user_id, expires_at, limited) VALUES (?, ?, ?)",
        (user_id, expires_at, int(heatpumps is not None)),
    )
    db.execute("DELETE FROM user_heatpumps WHERE user_id = ?", (user_id,))
    db.executemany(
        "INSERT INTO user_heatpumps (user_id, heatpump_id) VALUES (?, ?)",
        [(user_id, heatpump_id) for heatpump_id in heatpumps or ()],
    )


def set_password(db: sqlite3.Connection, user_id: int, password_hash: str) -> None:
    db.execute("UPDATE users SET password_hash = ? WHERE id = ?", (password_hash, user_id))


def set_language(db: sqlite3.Connection, user_id: int, language: str) -> None:
    db.execute("UPDATE users SET language = ? WHERE id = ?", (language, user_id))


def remove(db: sqlite3.Connection, user_id: int) -> None:
    """With its sessions, tokens and second factor."""
    db.execute("DELETE FROM users WHERE id = ?", (user_id,))


def owners(db: sqlite3.Connection) -> int:
    """How many there are."""
    number: int = db.execute("SELECT count(*) FROM users WHERE role = 'owner'").fetchone()[0]
    return number


def _user(row: sqlite3.Row) -> User:
    seen = frozenset(json.loads(row["heatpumps"])) if row["limited"] else None
    return User(
        row["id"],
        row["name"],
        row["password_hash"],
        row["role"],
        row["language"],
        row["created_at"],
        row["expires_at"],
        seen,
    )
