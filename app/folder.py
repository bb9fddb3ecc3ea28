"""The data folder belongs to one running process."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path
from typing import IO


class FolderUnusable(Exception):
    """The data folder cannot be used; the message says why and what to do."""


class Folder:
    """Created when missing; held exclusively from `hold` until the process ends."""

    def __init__(self, path: Path) -> None:
        """Raises FolderUnusable."""
        self.path = path
        self._lock: IO[str] | None = None
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o750)
        except OSError as error:
            raise FolderUnusable(f"{path}: cannot be made a data folder: {error.strerror}") from error
        if not os.access(path, os.W_OK | os.X_OK):
            raise FolderUnusable(f"{path}: cannot be written to; check the folder's owner and permissions")

    def hold(self, who: str) -> None:
        """Take the folder for this process; the lock falls with it. Raises FolderUnusable naming the holder."""
        lock = (self.path / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            holder = lock.read().strip() or "another process"
            lock.close()
            raise FolderUnusable(
                f"{self.path}: is in use by {holder}; stop that one, or choose another folder with --data"
            ) from error
        lock.truncate(0)
        lock.write(f"{who} (process {os.getpid()})\n")
        lock.flush()
        self._lock = lock

    def let_go(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def secret_key(self) -> str:
        """Signs the sessions; made once, readable only by the owner of the folder."""
        path = self.path / "secret.key"
        try:
            return path.read_text(encoding="ascii")
        except FileNotFoundError:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
            return path.read_text(encoding="ascii")
