"""The passwords and tokens of channels, and of meters: in private files of their own, which no backup takes along."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

FILE = "channels.json"
OF_METERS = "meters.json"


class ChannelSecrets:
    """name → the secret fields of a channel or meter. Every change replaces the whole file at once."""

    def __init__(self, folder: Path, file: str = FILE) -> None:
        self._path = folder / file
        self._turn = threading.Lock()

    def get(self, name: str) -> dict[str, str] | None:
        """None when nothing is kept under this name, such as after a restore on another computer."""
        with self._turn:
            return self._load().get(name)

    def put(self, name: str, fields: Mapping[str, str]) -> None:
        """Raises OSError when the file cannot be written."""
        with self._turn:
            self._write({**self._load(), name: dict(fields)})

    def keep_only(self, names: Iterable[str]) -> None:
        """Forget all others. Raises OSError."""
        wanted = set(names)
        with self._turn:
            kept = self._load()
            if set(kept) - wanted:
                self._write({name: fields for name, fields in kept.items() if name in wanted})

    def _load(self) -> dict[str, dict[str, str]]:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def _write(self, content: Mapping[str, Mapping[str, str]]) -> None:
        part = self._path.with_name(f".{self._path.name}.part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
