"""Keys of programs, by their hashes."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from app.store.among import Among


@dataclass(frozen=True, slots=True)
class Token:
    """`owner`: the account that made it. `heatpumps`: None for all of them. Times in UTC seconds, None: never."""

    id: int
    name: str
    scopes: tuple[str, ...]
    owner: str
    created_at: int
    expires_at: int | None
    used_at: int | None
    heatpumps: Among


_SELECT = (
    "SELECT tokens.id, tokens.name, scopes, users.name AS owner, tokens.created_at, expires_at, used_at, limited,"
    " (SELECT json_group_array(heatpump_id) FROM token_heatpumps WHERE token_id = tokens.id) AS heatpumps"
    " FROM tokens JOIN users ON users.id = tokens.user_id AND users.role = 'owner'"
)


def add(
    db: sqlite3.Connection,
    name: str,
    key_hash: str,
    scopes: tuple[str, ...],
    user_id: int,
    at: int,
    expires_at: int | None,
    heatpumps: Among,
) -> None:
    """Raises sqlite3.IntegrityError when the name is taken, or one of the heat pumps is none."""
    row = db.execute(
        "INSERT INTO tokens (name, key_hash, scopes, user_id, limited, created_at, expires_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
        (name, key_hash, json.dumps(scopes), user_id, int(heatpumps is not None), at, expires_at),
    ).fetchone()
    db.executemany(
        "INSERT INTO token_heatpumps (token_id, heatpump_id) VALUES (?, ?)",
        [(row["id"], heatpump_id) for heatpump_id in heatpumps or ()],
    )


def by_key(db: sqlite3.Connection, key_hash: str) -> Token | None:
    """None also when the account that made it is no owner any more."""
    row = db.execute(f"{_SELECT} WHERE key_hash = ?", (key_hash,)).fetchone()
    return _token(row) if row else None


def all_of_them(db: sqlite3.Connection) -> list[Token]:
    return [_token(row) for row in db.execute(f"{_SELECT} ORDER BY tokens.name COLLATE NOCASE")]


def named(db: sqlite3.Connection, name: str) -> bool:
    """There is one of this name, whoever made it."""
    return db.execute("SELECT 1 FROM tokens WHERE name = ?", (name,)).fetchone() is not None


def use(db: sqlite3.Connection, token_id: int, at: int) -> None:
    db.execute("UPDATE tokens SET used_at = ? WHERE id = ?", (at, token_id))


def remove(db: sqlite3.Connection, token_id: int) -> bool:
    """False when there was none."""
    return db.execute("DELETE FROM tokens WHERE id = ?", (token_id,)).rowcount == 1


def remove_of(db: sqlite3.Connection, user_id: int) -> None:
    """All that this account made."""
    db.execute("DELETE FROM tokens WHERE user_id = ?", (user_id,))


def _token(row: sqlite3.Row) -> Token:
    return Token(
        row["id"],
        row["name"],
        tuple(json.loads(row["scopes"])),
        row["owner"],
        row["created_at"],
        row["expires_at"],
        row["used_at"],
        frozenset(json.loads(row["heatpumps"])) if row["limited"] else None,
    )
