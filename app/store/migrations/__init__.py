"""The steps by which an older database becomes one of today: a numbered SQL file each, its first line says why."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Step:
    """Leads from the version before to `version`, in one transaction, foreign keys unchecked.

    First the statements of `sql`, then `also`: what SQL cannot say.
    """

    version: int
    sql: str
    also: Callable[[sqlite3.Connection], None] | None = None


def steps() -> tuple[Step, ...]:
    """All of them, in order. A step that was released is never changed: somebody's database has taken it already."""
    files = sorted(Path(__file__).parent.glob("[0-9]*.sql"))
    return tuple(Step(int(file.name[:4]), file.read_text(encoding="utf-8"), ALSO.get(file.name[:4])) for file in files)


def _recode(db: sqlite3.Connection) -> None:
    from app.store.migrations import recoding  # numpy costs memory that a start without an upgrade need not carry

    recoding.run(db)


ALSO: dict[str, Callable[[sqlite3.Connection], None]] = {"0002": _recode}
