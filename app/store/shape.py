"""What a database can hold, as a value: two databases of one shape serve the same program."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

Shape = dict[str, list[str]]
"""Table, index, trigger or view → its definitions in alphabetical order: a column that came later stands last."""

_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


def shape_of(db: sqlite3.Connection) -> Shape:
    """Comments, spaces, quoted names and the order of columns make no difference."""
    rows = db.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    return {name: _definitions(sql) for name, sql in rows}


def shape_of_script(script: str) -> Shape:
    """The shape of a database that was made by these statements."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(script)
        return shape_of(db)


def statements(script: str) -> Iterator[str]:
    """One after the other; a trigger with several statements inside is one."""
    gathered = ""
    for line in script.splitlines(keepends=True):
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered
            gathered = ""


def _definitions(sql: str) -> list[str]:
    """Head, columns and constraints, and what stands behind the closing bracket."""
    plain = " ".join(_COMMENT.sub(" ", sql).replace('"', "").split())
    found, depth, start = [], 0, 0
    for place, letter in enumerate(plain):
        depth += (letter == "(") - (letter == ")")
        if (letter == "(" and depth == 1) or (letter == "," and depth == 1) or (letter == ")" and depth == 0):
            found.append(plain[start:place])
            start = place + 1
    return sorted(re.sub(r"\s*([(),])\s*", r"\1", each).strip() for each in [*found, plain[start:]])
