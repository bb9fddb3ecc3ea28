"""A backup: one zip file with the database, the settings, and a note that says what they are."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO

from app import shareable
from app.store.database import SCHEMA_VERSION

APPLICATION = "heat-pump-monitor"
FORMAT = 1
NOTE, DATABASE, SETTINGS = "backup.json", "monitor.db", "config.yaml"
LARGEST_NOTE = LARGEST_SETTINGS = 1_000_000
PAGES_PER_STEP = 1000
OPERATIONS_PER_LOOK = 100_000
"""How many steps of SQLite's machine lie between two looks whether the program is to end."""

PIECE = 1 << 20


class ArchiveUnusable(Exception):
    """A backup cannot be made or used; the message names the file and says why."""


class ArchiveBusy(ArchiveUnusable):
    """Another backup of the same installation is being made."""


class Ended(Exception):
    """The program is to end; the backup was given up and left nothing behind."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a backup is: when it was made (UTC seconds), and the size and SHA-256 of its database file."""

    application: str
    format: int
    schema: int
    created_at: int
    size: int
    sha256: str


def write(folder: Path, target: Path, now: int, going_on: Callable[[], bool] = lambda: True) -> Note:
    """Back up the installation in this folder to a file that has its name only once it is whole and on the disk.

    The database is copied through SQLite's own backup as it is at one moment, while others go on writing it.
    Raises ArchiveUnusable, ArchiveBusy or OSError; Ended when `going_on` says so.
    """
    _refuse_to_overwrite(target)
    copy, part = (target.with_name(f".{target.name}.{end}") for end in ("copy", "part"))
    with _turn(folder):
        try:
            schema = _copy(folder / DATABASE, copy, going_on)
            with _private(part) as file:
                note = _pack(file, copy, folder / SETTINGS, schema, now, going_on)
                os.fsync(file.fileno())
            part.replace(target)
            sync(target.parent)
        finally:
            for leftover in (copy, part, Path(f"{copy}-wal"), Path(f"{copy}-shm"), Path(f"{copy}-journal")):
                leftover.unlink(missing_ok=True)
    return note


def note_of(path: Path) -> Note:
    """What this backup is. Raises ArchiveUnusable for a file that is none, or one of a newer program."""
    with _opened(path) as archive:
        text = _small(archive, NOTE, LARGEST_NOTE)
        try:
            content = json.loads(text)
            if content["application"] != APPLICATION:
                raise ArchiveUnusable(f"{path}: is a backup of another program")
            if content["format"] > FORMAT or content["schema"] > SCHEMA_VERSION:
                raise ArchiveUnusable(
                    f"{path}: was written by a newer version of this program (schema {content['schema']},"
                    f" this one knows {SCHEMA_VERSION}); install that version first"
                )
            note = Note(**{field.name: content[field.name] for field in fields(Note)})
        except (KeyError, TypeError, ValueError) as error:
            raise ArchiveUnusable(f"{path}: is no backup of this program") from error
        if not (isinstance(note.size, int) and isinstance(note.sha256, str) and isinstance(note.created_at, int)):
            raise ArchiveUnusable(f"{path}: is no backup of this program")
        return note


def unpack(path: Path, note: Note, folder: Path) -> None:
    """Put the database and, where there are some, the settings into this folder. Raises ArchiveUnusable or OSError."""
    with _opened(path) as archive:
        digest, size = hashlib.sha256(), 0
        with archive.open(DATABASE) as packed, _private(folder / DATABASE) as file:
            while piece := packed.read(PIECE):
                size += len(piece)
                if size > note.size:
                    break
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        if size != note.size or digest.hexdigest() != note.sha256:
            raise ArchiveUnusable(f"{path}: is damaged: its database is not the one that was backed up")
        if SETTINGS in archive.namelist():
            with _private(folder / SETTINGS) as file:
                file.write(_small(archive, SETTINGS, LARGEST_SETTINGS))
                file.flush()
                os.fsync(file.fileno())


def sync(folder: Path) -> None:
    """See to it that the names in this folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy(database: Path, copy: Path, going_on: Callable[[], bool]) -> int:
    """Copy the database as it is now; its schema version."""

    def check(*_: int) -> None:
        if not going_on():
            raise Ended

    copy.unlink(missing_ok=True)
    if not database.exists():
        raise ArchiveUnusable(f"{database.parent}: holds no database yet")
    try:
        with closing(sqlite3.connect(database, isolation_level=None)) as source:
            # one moment for all steps: without it every poll meanwhile would start the copy anew
            source.execute("BEGIN")
            schema: int = source.execute("PRAGMA user_version").fetchone()[0]
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            with _private(copy):
                pass
            with closing(sqlite3.connect(copy, isolation_level=None)) as target:
                target.execute("PRAGMA synchronous = OFF")  # a copy that did not become a backup is thrown away
                source.backup(target, pages=PAGES_PER_STEP, progress=check)
                _end_sessions(target)
                target.set_progress_handler(lambda: not going_on(), OPERATIONS_PER_LOOK)
                complaint = target.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
            raise Ended from error
        raise ArchiveUnusable(f"{database}: cannot be backed up: {error}") from error
    if complaint != "ok":
        raise ArchiveUnusable(f"{database}: is damaged ({complaint}); it was not backed up, restore an older backup")
    return schema


def _end_sessions(copy: sqlite3.Connection) -> None:
    """Somebody may be signed out later: restored, the backup must not let an old cookie in again."""
    if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'sessions'").fetchone():
        copy.execute("PRAGMA secure_delete = ON")
        copy.execute("DELETE FROM sessions")


def _pack(file: IO[bytes], copy: Path, settings: Path, schema: int, now: int, going_on: Callable[[], bool]) -> Note:
    digest, size = hashlib.sha256(), 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with copy.open("rb") as plain, archive.open(DATABASE, "w", force_zip64=True) as packed:
            while piece := plain.read(PIECE):
                if not going_on():
                    raise Ended
                digest.update(piece)
                size += len(piece)
                packed.write(piece)
        note = Note(APPLICATION, FORMAT, schema, now, size, digest.hexdigest())
        if settings.exists():
            archive.writestr(SETTINGS, shareable.settings(settings.read_text(encoding="utf-8", errors="replace")))
        archive.writestr(NOTE, json.dumps(asdict(note), indent=1))
    file.flush()
    return note


def _refuse_to_overwrite(target: Path) -> None:
    """Nothing but an older backup may go."""
    if target.exists():
        try:
            note_of(target)
        except ArchiveUnusable as error:
            raise ArchiveUnusable(f"{target}: exists and is no backup of this program; choose another name") from error


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Raises ArchiveUnusable, also for damage that is met later."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except OSError as error:
        if error.errno == errno.EINVAL:  # a table of contents that points before the beginning
            raise ArchiveUnusable(f"{path}: is damaged") from error
        raise ArchiveUnusable(f"{path}: cannot be read or unpacked: {error.strerror or error}") from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ArchiveUnusable(f"{path}: is damaged or no backup at all ({error})") from error
    except KeyError as error:
        raise ArchiveUnusable(f"{path}: is no backup of this program: something is missing in it") from error
    except (ValueError, zlib.error) as error:
        raise ArchiveUnusable(f"{path}: is damaged ({error})") from error


def _small(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    with archive.open(name) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise zipfile.BadZipFile(f"{name} is too large")
    return content


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner may read: it holds password hashes."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """One backup of an installation at a time, whoever makes it: each needs the room of a whole database."""
    with (folder / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ArchiveBusy(f"{folder}: another backup is being made; try again when it is done") from error
        yield
