"""Is this installation well enough to do its work?"""

from __future__ import annotations

import sqlite3

from app.store import users
from app.system import System


def trouble(system: System) -> str | None:
    """Why the database does not answer, or None when it does."""
    try:
        users.any_at_all(system.database.connection())
    except sqlite3.Error as error:
        return f"the database does not answer: {error}"
    return None
