"""The data folder belongs to one running process."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FolderUnusable(Exception):
    """The data folder cannot be used; the message says why and what to do."""


class Folder:
    """Created when missing; one process at a time holds it."""

    def __init__(self, path: Path) -> None:
        """Raises FolderUnusable."""
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o750)
        except OSError as error:
            raise FolderUnusable(f"{path}: cannot be made a data folder: {error.strerror}") from error
        if not os.access(path, os.W_OK | os.X_OK):
            raise FolderUnusable(f"{path}: cannot be written to; check the folder's owner and permissions")

    @contextmanager
    def held(self, who: str) -> Iterator[None]:
        """Keep the folder for this process. Raises FolderUnusable naming the one that holds it already."""
        with (self.path / "lock").open("a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                lock.seek(0)
                holder = lock.read().strip() or "another process"
                raise FolderUnusable(
                    f"{self.path}: is in use by {holder}; stop that one, or choose another folder with --data"
                ) from error
            lock.truncate(0)
            lock.write(f"{who} (process {os.getpid()})\n")
            lock.flush()
            yield

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
