"""Put a backup in the place of the data folder's database: checked first, swapped in one step, nothing thrown away."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app import config, shareable
from app.store import archive, upgrading
from app.store.archive import DATABASE, SETTINGS, ArchiveUnusable, Note
from app.store.database import SCHEMA_FILE, SCHEMA_VERSION, Database, DatabaseUnusable

UNFINISHED = "restoring-"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and under which names the replaced files are kept.

    `upgraded` is the version of its database, where that was an older one and is of today now.
    """

    note: Note
    replaced: tuple[Path, ...]
    upgraded: int | None = None


def restore(path: Path, folder: Path, now: int) -> Restored:
    """Restore the backup at `path` into `folder`, which this process holds.

    At every moment the folder holds either the old database or the new one, whole. Raises ArchiveUnusable when the
    backup is damaged, newer, or not ours, or when another program has the database open; then nothing has changed.
    """
    for leftover in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    note = archive.note_of(path)
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=folder) as name:
        place = Path(name)
        archive.unpack(path, note, place)
        upgraded = _check(path, place)
        _close_for_good(folder / DATABASE)
        ending = f".replaced-{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}"
        replaced = [_swap(place / DATABASE, folder / DATABASE, ending)]
        if (place / SETTINGS).exists() and not _same(place / SETTINGS, folder / SETTINGS):
            replaced.append(_swap(place / SETTINGS, folder / SETTINGS, ending))
    return Restored(note, tuple(each for each in replaced if each is not None), upgraded)


def _check(path: Path, place: Path) -> int | None:
    """Bring an older database to the form of today; the version that it had.

    Raises ArchiveUnusable for anything that this program could not start with.
    """
    try:
        with closing(sqlite3.connect(place / DATABASE)) as db:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            tables = _tables(db)
            complaint = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
            broken = db.execute("PRAGMA foreign_key_check").fetchone()
        with closing(sqlite3.connect(":memory:")) as db:
            db.executescript(SCHEMA_FILE.read_text(encoding="utf-8"))
            expected = _tables(db)
    except sqlite3.Error as error:
        raise ArchiveUnusable(f"{path}: its database is damaged ({error})") from error
    if version > SCHEMA_VERSION:
        raise ArchiveUnusable(f"{path}: was written by a newer version of this program (schema {version})")
    if version < 1 or (version == SCHEMA_VERSION and not expected <= tables):
        raise ArchiveUnusable(f"{path}: holds a database of another program")
    if complaint != "ok" or broken is not None:
        raise ArchiveUnusable(f"{path}: its database is damaged ({complaint if broken is None else 'loose ends'})")
    try:
        upgraded = upgrading.upgrade(place, 0, keep=False)  # the backup itself is what is kept of the old one
        Database(place / DATABASE).close()
        config.load(place, environment={})
    except (DatabaseUnusable, config.BadConfig) as error:
        raise ArchiveUnusable(f"{path}: {str(error).replace(f'{place}/', '')}") from error
    return None if upgraded is None else upgraded.version


def _tables(db: sqlite3.Connection) -> set[str]:
    return {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _close_for_good(database: Path) -> None:
    """Fold the write-ahead log into the database that is to be replaced: left behind, it would spoil the new one.

    Raises ArchiveUnusable when somebody else has it open. A damaged one is left as it is.
    """
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, timeout=0.5, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = DELETE")  # only possible for the only one who has it open
            db.execute("PRAGMA journal_mode = WAL")
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            raise ArchiveUnusable(f"{database}: is open in another program; end that one first") from error


def _swap(new: Path, old: Path, ending: str) -> Path | None:
    """The new file takes the old one's name; where the old one is now, or None when there was none."""
    kept = _kept(old, ending) if old.exists() else None
    for extra in ("-wal", "-shm"):
        beside = Path(f"{old}{extra}")
        if beside.exists():
            if kept is not None:
                _second_name(beside, Path(f"{kept}{extra}"))
            beside.unlink()
    _give_to_the_owner_of(old.parent, new)
    new.replace(old)
    archive.sync(old.parent)
    return kept


def _kept(old: Path, ending: str) -> Path:
    """A second name for the old file, so that it outlives the first."""
    kept, number = old.with_name(f"{old.name}{ending}"), 1
    while kept.exists():
        number += 1
        kept = old.with_name(f"{old.name}{ending}-{number}")
    _second_name(old, kept)
    archive.sync(old.parent)
    return kept


def _second_name(old: Path, kept: Path) -> None:
    try:
        os.link(old, kept)
    except OSError:  # some file systems have no second names
        shutil.copy2(old, kept)


def _give_to_the_owner_of(folder: Path, file: Path) -> None:
    """A restore by root must not leave a database that the monitor's own account cannot open."""
    owner = folder.stat()
    if os.geteuid() == 0:
        os.chown(file, owner.st_uid, owner.st_gid)


def _same(one: Path, other: Path) -> bool:
    """But for what is secret, which a backup lacks."""
    if not other.exists():
        return False
    return one.read_text("utf-8", "replace") == shareable.settings(other.read_text("utf-8", "replace"))
