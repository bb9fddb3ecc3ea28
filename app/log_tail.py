"""The last lines of the log, in memory, for the page of the system; what looks like a secret is left out."""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

MOST_LINES, LONGEST_LINE = 300, 600
HIDDEN = "…"

_SECRETS = (
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),
    re.compile(r"(?i)(?<=bearer )\S+"),
    re.compile(r"(?i)(?<=basic )[A-Za-z0-9+/]{8,}=*"),
    re.compile(
        r"(?i)\b(?:access_token|refresh_token|client_secret|token|password|passwd|secret|api_?key|code)=([^\s&\"']+)"
    ),
    re.compile(r"(?<=/bot)\d+:[\w-]+"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """`at` in UTC seconds; `level` as logging names it."""

    at: int
    level: str
    name: str
    text: str


class LogTail(logging.Handler):
    """Keeps the newest lines of what is logged at INFO and above; `secrets` never appear in them."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__(logging.INFO)
        self._secrets = tuple(secret for secret in secrets if secret)
        self._lines: deque[Line] = deque(maxlen=MOST_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
            if record.exc_info and record.exc_info[1] is not None:
                error = record.exc_info[1]
                text = f"{text}: {type(error).__name__}: {error}"
        except (TypeError, ValueError):  # a line that cannot be written must not stop what it tells about
            text = str(record.msg)
        self._lines.append(Line(int(record.created), record.levelname, record.name, self._plain(text)[:LONGEST_LINE]))

    def newest_first(self) -> list[Line]:
        return list(reversed(self._lines.copy()))

    def _plain(self, text: str) -> str:
        text = " ".join(text.split())
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        for pattern in _SECRETS:
            text = pattern.sub(_without, text)
        return text


def _without(found: re.Match[str]) -> str:
    """The match without what it hides: its group, or all of it."""
    return found[0].replace(found[1], HIDDEN) if found.lastindex else HIDDEN
