"""Why nothing could be kept although nothing is wrong with what was to be kept: no room, no right, or no turn."""

from __future__ import annotations

import sqlite3

NotKept = sqlite3.OperationalError

_OUTSIDE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)


def comes_from_outside(error: NotKept) -> bool:
    """The disk or another program is the reason, not a statement of ours."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _OUTSIDE
