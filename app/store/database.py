"""The one SQLite file: opening it, one connection per thread, and one unit of work."""

from __future__ import annotations

import gc
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.store import shape

SCHEMA_VERSION = 3
"""The last step of app/store/migrations/ leads to it."""
SCHEMA_FILE = Path(__file__).parents[2] / "schema.sql"
BUSY_TIMEOUT_S = 5.0
CACHE_KB = 256
"""Per connection, and every thread has one; the operating system keeps the file's pages for all of them."""
CHECKED_AT_START_BYTES = 50_000_000
"""Checking a file takes about a second per 200 MB; larger ones must not delay the first reading."""


class DatabaseUnusable(Exception):
    """The file cannot serve as our database; the message says which file, why, and what to do."""


class Database:
    """A SQLite file in WAL mode. Threads share nothing but the file."""

    def __init__(self, path: Path) -> None:
        """Open or create the database. Raises DatabaseUnusable."""
        self.path = path
        self._local = threading.local()
        self._opened: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._turn = threading.Lock()
        try:
            self._prepare()
        except sqlite3.Error as error:
            self.close()
            raise DatabaseUnusable(explained(path, error)) from error
        except DatabaseUnusable:
            self.close()
            raise

    def connection(self) -> sqlite3.Connection:
        """This thread's connection; outside `transaction` every statement stands for itself."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._connect()
            self._local.connection = found
        return found

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything or nothing. The write lock is taken at once, so a reader never has to become a writer."""
        db = self.connection()
        part = getattr(self._local, "together", False)
        db.execute("SAVEPOINT part" if part else "BEGIN IMMEDIATE")
        try:
            yield db
            db.execute("RELEASE part" if part else "COMMIT")
        except BaseException:
            if db.in_transaction:  # SQLite itself has rolled back when the disk was full
                db.execute("ROLLBACK TO part" if part else "ROLLBACK")
            raise

    @contextmanager
    def together(self) -> Iterator[None]:
        """All transactions of this thread inside become one: killed before the end, nothing of them has happened."""
        with self.transaction():
            self._local.together = True
            try:
                yield
            finally:
                self._local.together = False

    def close(self) -> None:
        """Let go of the connections of all threads; the last one to close folds the write-ahead log into the file.

        A thread that still works with its own keeps it until it is done: SQLite does not survive that somebody else
        closes it.
        """
        with self._turn:
            left = self._close_those_of_no_other()
            self._opened.clear()
            self._local = threading.local()
        if left:
            gc.collect()  # a connection and its statements hold each other

    def _close_those_of_no_other(self) -> int:
        """The connections of this thread and of those that have ended; how many are left."""
        this = threading.current_thread()
        idle = [each for each in self._opened if each[0] is this or not each[0].is_alive()]
        for _, connection in idle:
            connection.close()
        return len(self._opened) - len(idle)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        # Safe against a crash of the program, and kind to SD cards; a power cut may cost the last seconds.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        with self._turn:
            self._opened.append((threading.current_thread(), connection))
        return connection

    def _prepare(self) -> None:
        # SQLite gives its log the mode of the database; without this, both would be readable by everybody
        with suppress(OSError):  # it is there, or SQLite says why it cannot be
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        db = self.connection()
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise DatabaseUnusable(
                f"{self.path}: was written by a newer version of this program (schema {version}, "
                f"this one knows {SCHEMA_VERSION}); install the newer version again or restore an older backup"
            )
        if version == SCHEMA_VERSION:
            self._check()
            return
        if version:
            raise DatabaseUnusable(
                f"{self.path}: is of version {version} and must first be brought to version {SCHEMA_VERSION}, which a "
                "start of the program does"
            )
        if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise DatabaseUnusable(f"{self.path}: is a database of another program; choose another data folder")
        db.execute("PRAGMA journal_mode = WAL")
        with self.transaction():
            for statement in shape.statements(SCHEMA_FILE.read_text(encoding="utf-8")):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _check(self) -> None:
        if self.path.stat().st_size > CHECKED_AT_START_BYTES:
            return
        complaint = self.connection().execute("PRAGMA quick_check(1)").fetchone()[0]
        if complaint != "ok":
            raise DatabaseUnusable(f"{self.path}: is damaged ({complaint}); restore a backup or move the file away")


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """What goes wrong with the file inside is told as DatabaseUnusable."""
    try:
        yield
    except sqlite3.Error as error:
        raise DatabaseUnusable(explained(path, error)) from error


@contextmanager
def steady(db: sqlite3.Connection) -> Iterator[None]:
    """Everything read inside is of one moment, whatever others write meanwhile. Nothing can be written inside."""
    if db.in_transaction:
        yield
        return
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")


def explained(path: Path, error: sqlite3.Error) -> str:
    """One sentence: which file, why, and what to do."""
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"{path}: is locked by another program; end that program and start again"
    if name in ("SQLITE_NOTADB", "SQLITE_CORRUPT"):
        return f"{path}: is damaged or no database at all ({error}); restore a backup or move the file away"
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
        return f"{path}: cannot be opened for writing ({error}); check the folder's owner and permissions"
    if name == "SQLITE_FULL":
        return f"{path}: the disk is full; free some space and start again"
    if name.startswith("SQLITE_IOERR"):
        return f"{path}: cannot be read or written ({error}); the disk may be full or failing"
    return f"{path}: {error}"
