"""Bring an older database to the form of today: backed up first, one transaction per step, whole at every moment."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.store import archive, migrations, shape
from app.store.archive import DATABASE, ArchiveUnusable
from app.store.database import BUSY_TIMEOUT_S, SCHEMA_FILE, SCHEMA_VERSION, DatabaseUnusable, explained
from app.store.migrations import Step

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which version, and where the database of before is kept as a backup; None when none was asked for."""

    version: int
    backup: Path | None


def upgrade(folder: Path, now: int, *, keep: bool = True, steps: Sequence[Step] | None = None) -> Upgraded | None:
    """None when there is nothing to do. `keep`: make a backup first.

    Killed at any moment, the database is of one of the versions, whole, and the next call goes on from there. Raises
    DatabaseUnusable when there is no room, when another program has it open, or when it is none of ours; then it is as
    it was, or as the last finished step left it.
    """
    path = folder / DATABASE
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)) as db:
            db.row_factory = sqlite3.Row
            version = version_of(db)
            if version in (0, SCHEMA_VERSION) or version > SCHEMA_VERSION:
                return None
            _refuse_another_programs(path, db)
            _be_alone(path, db)
            return _take(folder, db, version, now, keep, migrations.steps() if steps is None else steps)
    except sqlite3.Error as error:
        raise DatabaseUnusable(explained(path, error)) from error


def _take(
    folder: Path, db: sqlite3.Connection, version: int, now: int, keep: bool, steps: Sequence[Step]
) -> Upgraded | None:
    path, backup = folder / DATABASE, None
    db.execute("PRAGMA foreign_keys = OFF")  # a table is rebuilt by dropping it, and what refers to it must not go too
    db.execute("BEGIN IMMEDIATE")  # nobody changes anything between the backup and the first step
    try:
        if keep:
            backup = _backup(folder, version, now)
        for step in steps:
            if step.version <= version:
                continue
            if not db.in_transaction:
                db.execute("BEGIN IMMEDIATE")
            for statement in shape.statements(step.sql):
                db.execute(statement)
            if step.also is not None:
                step.also(db)
            if step is steps[-1]:
                _refuse_another_shape(path, db)
            db.execute(f"PRAGMA user_version = {step.version}")
            db.execute("COMMIT")
        if keep:
            log.warning("%s: is of version %d now", path, SCHEMA_VERSION)
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
    return Upgraded(version, backup)


def version_of(db: sqlite3.Connection) -> int:
    """Nothing was numbered before version 3: what has the audit is of version 2, whatever it is stamped."""
    stamped: int = db.execute("PRAGMA user_version").fetchone()[0]
    return 2 if stamped == 1 and "audit" in shape.shape_of(db) else stamped


def _refuse_another_programs(path: Path, db: sqlite3.Connection) -> None:
    if not {"heatpumps", "polls", "series"} <= shape.shape_of(db).keys():
        raise DatabaseUnusable(f"{path}: is a database of another program; choose another data folder")


def _be_alone(path: Path, db: sqlite3.Connection) -> None:
    """A monitor of the version before, still running, would go on with tables that it does not know."""
    try:
        db.execute("PRAGMA journal_mode = DELETE")  # only possible for the only one who has it open
        db.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
            raise DatabaseUnusable(
                f"{path}: is of an older version and has to be changed, but is open in another program, perhaps the "
                "monitor of that version; end that program and start again"
            ) from error
        raise


def _backup(folder: Path, version: int, now: int) -> Path:
    """The database of before, as `restore` takes it. An unfinished upgrade that begins anew replaces its own."""
    path, target = folder / DATABASE, folder / f"{DATABASE}.version-{version}.zip"
    log.warning(
        "%s: is of version %d and becomes one of version %d; first it is backed up to %s",
        path,
        version,
        SCHEMA_VERSION,
        target,
    )
    try:
        archive.write(folder, target, now)
    except (ArchiveUnusable, OSError) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        megabytes = 2 * path.stat().st_size / 1e6
        raise DatabaseUnusable(
            f"{path}: is of an older version, and before it is changed it must be backed up, which failed: {reason}. "
            f"A backup may need {megabytes:.0f} MB of room; nothing was changed"
        ) from error
    return target


def _refuse_another_shape(path: Path, db: sqlite3.Connection) -> None:
    """Such as a database of the time between two versions."""
    wanted = shape.shape_of_script(SCHEMA_FILE.read_text(encoding="utf-8"))
    found = shape.shape_of(db)
    wrong = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if wrong:
        raise DatabaseUnusable(
            f"{path}: cannot be brought to the form of today, because no version of this program left it as it is "
            f"({', '.join(wrong[:5])}); restore a backup, or go on with the program that wrote it"
        )
