"""Seals secrets that have to lie in the database, with a key that lies beside it and that no backup takes along."""

from __future__ import annotations

import os
import threading
from hashlib import sha256
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

FILE = "seal.key"


class Seal:
    """The key is made when it is first needed; only the owner of the folder can read it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._turn = threading.Lock()
        self._key: bytes | None = None

    def close(self, text: str) -> str:
        """Raises OSError when the key can neither be read nor made."""
        return Fernet(self._found()).encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """None for what was sealed with another key, such as before a restore on another computer."""
        try:
            return Fernet(self._found()).decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

    @property
    def salt(self) -> bytes:
        """Makes hashes of this installation unlike those of others."""
        return sha256(b"salt" + self._found()).digest()

    def _found(self) -> bytes:
        with self._turn:
            if self._key is None:
                self._key = self._read() or self._made()
            return self._key

    def _read(self) -> bytes | None:
        try:
            return self._path.read_bytes().strip() or None
        except FileNotFoundError:
            return None

    def _made(self) -> bytes:
        """Whole or not at all: half a key would be as good as none."""
        part, key = self._path.with_name(f".{FILE}.part"), Fernet.generate_key()
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        return key
