"""What the program before this one left in its idm_logger.db; nothing is written there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

DATABASE = "idm_logger.db"
Row = Mapping[str, Any]


class NotReadable(Exception):
    """The file cannot be read as such a database; the message names it."""


@dataclass(frozen=True, slots=True)
class Left:
    """`config` is its settings, rows are as their tables have them; `others`: tables and settings unknown to us."""

    config: Mapping[str, Any]
    jobs: tuple[Row, ...] = ()
    alerts: tuple[Row, ...] = ()
    others: tuple[str, ...] = field(default=())


def read(path: Path) -> Left:
    """Raises NotReadable."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
            if "settings" not in tables:
                raise NotReadable(f"{path}: has no table settings, so it is no database of the older program")
            settings = {row["key"]: row["value"] for row in db.execute("SELECT key, value FROM settings")}
            others = [f"table {name} ({_count(db, name)} rows)" for name in tables if not _known(name)]
            return Left(
                _config(path, settings),
                _rows(db, tables, "jobs"),
                _rows(db, tables, "alerts"),
                (*others, *(f"setting {key}" for key in sorted(settings) if key != "config")),
            )
    except sqlite3.Error as error:
        raise NotReadable(f"{path}: cannot be read: {error}") from error


def _config(path: Path, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    if "config" not in settings:
        raise NotReadable(f"{path}: its table settings has no key config")
    try:
        config = json.loads(settings["config"])
    except (TypeError, ValueError) as error:
        raise NotReadable(f"{path}: its key config is no JSON: {error}") from error
    if not isinstance(config, dict):
        raise NotReadable(f"{path}: its key config holds no object")
    return config


def _rows(db: sqlite3.Connection, tables: list[str], table: str) -> tuple[Row, ...]:
    if table not in tables:
        return ()
    return tuple(dict(row) for row in db.execute(f"SELECT * FROM {table} ORDER BY id"))


def _known(table: str) -> bool:
    return table in ("settings", "jobs", "alerts") or table.startswith("sqlite_")


def _count(db: sqlite3.Connection, table: str) -> int:
    name = table.replace('"', '""')
    number: int = db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
    return number
