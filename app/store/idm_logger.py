"""What the program before this one left in its idm_logger.db; nothing is written there."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

DATABASE = "idm_logger.db"
COLUMNS = {
    "jobs": {"id", "sensor", "value", "time", "days", "enabled", "last_run", "heatpump_id"},
    "alerts": {
        "id", "name", "type", "sensor", "condition", "threshold", "message", "enabled", "interval_seconds",
        "last_triggered", "heatpump_id",
    },
}  # fmt: skip
BESIDE = ("-wal", "-journal")
"""What SQLite has not yet folded into the database."""
ADVICE = "is it the older program's, and has that ended? If it is damaged, take its backup"
Row = Mapping[str, Any]


class NotReadable(Exception):
    """The file cannot be read as such a database; the message names it."""


@dataclass(frozen=True, slots=True)
class Left:
    """`config` is its settings, rows are as their tables have them.

    `others`: tables, columns and settings unknown to us.
    """

    config: Mapping[str, Any]
    jobs: tuple[Row, ...] = ()
    alerts: tuple[Row, ...] = ()
    others: tuple[str, ...] = field(default=())


def read(path: Path) -> Left:
    """Raises NotReadable."""
    try:
        with _opened(path) as db:
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
            if "settings" not in tables:
                raise NotReadable(f"{path}: has no table settings, so it is no database of the older program: {ADVICE}")
            settings = {row["key"]: row["value"] for row in db.execute("SELECT key, value FROM settings")}
            jobs, alerts = (_rows(db, tables, name) for name in COLUMNS)
            others = (
                *(f"table {name} ({_count(db, name)} rows)" for name in tables if not _known(name)),
                *(f"column {each}" for each in (*_more("jobs", jobs), *_more("alerts", alerts))),
                *(f"setting {key}" for key in sorted(settings, key=str) if key != "config"),
            )
            return Left(_config(path, settings), jobs, alerts, others)
    except (sqlite3.Error, OSError) as error:
        raise NotReadable(f"{path}: cannot be read: {error}; {ADVICE}") from error


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Read only. SQLite would write beside a database that was not closed, or is kept with a log: that one is copied.

    Such as of a program that still runs, or that a power cut ended.
    """
    if not _needs_its_side_files(path):
        with _connected(path, "ro") as db:
            yield db
        return
    with tempfile.TemporaryDirectory(prefix="heat-pump-monitor-") as name:
        for end in ("", *BESIDE):
            if (there := path.with_name(path.name + end)).exists():
                shutil.copyfile(there, Path(name) / there.name)
        with _connected(Path(name) / path.name, "rw") as db:
            yield db


@contextmanager
def _connected(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True)) as db:
        db.row_factory = sqlite3.Row
        # one letter that is none must not cost all the rest
        db.text_factory = lambda text: text.decode(errors="replace")
        yield db


def _needs_its_side_files(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(20)
    # https://www.sqlite.org/fileformat.html: the version of reading and writing is 2 with a write-ahead log
    kept_with_log = head[18:20] == b"\x02\x02"
    return kept_with_log or any(path.with_name(path.name + end).exists() for end in BESIDE)


def _config(path: Path, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    if "config" not in settings:
        raise NotReadable(f"{path}: its table settings has no key config: {ADVICE}")
    try:
        config = json.loads(settings["config"])
    except (TypeError, ValueError, RecursionError) as error:
        raise NotReadable(f"{path}: its key config is no JSON: {error}; {ADVICE}") from error
    if not isinstance(config, dict):
        raise NotReadable(f"{path}: its key config holds no named values; {ADVICE}")
    return config


def _rows(db: sqlite3.Connection, tables: list[str], table: str) -> tuple[Row, ...]:
    if table not in tables:
        return ()
    return tuple(dict(row) for row in db.execute(f"SELECT * FROM {table}"))


def _more(table: str, rows: tuple[Row, ...]) -> list[str]:
    """Columns that say something of which we know nothing."""
    found = {column for row in rows for column, value in row.items() if value is not None}
    return [f"{table}.{column}" for column in sorted(found - COLUMNS[table])]


def _known(table: str) -> bool:
    return table == "settings" or table in COLUMNS or table.startswith("sqlite_")


def _count(db: sqlite3.Connection, table: str) -> int:
    name = table.replace('"', '""')
    number: int = db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
    return number
