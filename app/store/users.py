"""Who may sign in."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    id: int
    name: str
    password_hash: str
    role: str
    language: str | None


_COLUMNS = "id, name, password_hash, role, language"


def find(db: sqlite3.Connection, user_id: int) -> User | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM users WHERE id = ?", (user_id,)).fetchone()
    return User(*row) if row else None


def named(db: sqlite3.Connection, name: str) -> User | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM users WHERE name = ?", (name,)).fetchone()
    return User(*row) if row else None


def any_at_all(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM users LIMIT 1").fetchone() is not None


def add(db: sqlite3.Connection, name: str, password_hash: str, role: str, at: int) -> None:
    """Raises sqlite3.IntegrityError when the name is taken."""
    db.execute(
        "INSERT INTO users (name, password_hash, role, created_at) VALUES (?, ?, ?, ?)",
        (name, password_hash, role, at),
    )


def set_language(db: sqlite3.Connection, user_id: int, language: str) -> None:
    db.execute("UPDATE users SET language = ? WHERE id = ?", (language, user_id))
