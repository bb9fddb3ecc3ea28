"""Passwords that the older program sealed with the key in its file .secret.key (Fernet)."""

from __future__ import annotations

from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

KEY_FILE = ".secret.key"
_SEALED = "gAAAAA"
"""How every Fernet token begins: version 0x80 and the upper bytes of a time."""


class Sealed(Exception):
    """A password cannot be opened; the message says why."""


class Opener:
    """Opens what was sealed in one folder."""

    def __init__(self, folder: Path) -> None:
        self._fernet: Fernet | None = None
        self._why = f"{KEY_FILE} is not in the folder"
        path = folder / KEY_FILE
        try:
            self._fernet = Fernet(path.read_bytes().strip())
        except FileNotFoundError:
            pass
        except OSError as error:
            self._why = f"{KEY_FILE} cannot be read: {error.strerror}"
        except ValueError:
            self._why = f"{KEY_FILE} is no key"

    def opened(self, text: str) -> str:
        """What is not sealed stays as it is. Raises Sealed."""
        if not text.startswith(_SEALED):
            return text
        if self._fernet is None:
            raise Sealed(f"its password is sealed, and {self._why}")
        try:
            return self._fernet.decrypt(text.encode()).decode()
        except (InvalidToken, ValueError) as error:
            raise Sealed(f"its password was sealed with another key than the one in {KEY_FILE}") from error
