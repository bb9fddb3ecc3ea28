"""How the program's sentences are written: with their time for people, with their level for the journal."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType
from typing import Any

from app import systemd
from app.journal import JournalHandler

LEVELS = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
"""Python's levels and those of sd-daemon(3); what is below them is 7."""


class JournalFormatter(logging.Formatter):
    """`<4>app.polling.reader: …`: the journal takes the level off, and adds the time itself.

    The journal makes an entry of each line, so a message stays on one, whatever a machine's name or a traceback
    brings along: nothing that somebody else chose can pass for an entry of its own.
    """

    def __init__(self) -> None:
        super().__init__("%(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        level = next((number for least, number in LEVELS if record.levelno >= least), 7)
        return f"<{level}>{on_one_line(super().format(record))}"


class EntryFormatter(logging.Formatter):
    """The message of an entry that has its level and its logger in fields of their own: still one line."""

    def format(self, record: logging.LogRecord) -> str:
        return on_one_line(super().format(record))


class LineFormatter(logging.Formatter):
    """For a terminal or a file: a message stays on one line, and what follows it is moved in.

    Nothing that somebody else chose can pass for a line of ours, or move the terminal's cursor.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  as logging calls it
        return on_one_line(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802  as logging calls it
        return "\n".join(f"  {on_one_line(line)}" for line in super().formatException(ei).split("\n"))


def on_one_line(text: str) -> str:
    """Line ends and other control characters as they are written in programs."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def set_up() -> None:
    """Sentences to the journal where it listens, else to standard error."""
    lines: logging.Handler = logging.StreamHandler()
    journal = systemd.has_journal()
    lines.setFormatter(JournalFormatter() if journal else LineFormatter())
    if journal:
        lines = JournalHandler(lines, LEVELS)
        lines.setFormatter(EntryFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[lines])
    # What these report per attempt, the poller says once in its own words.
    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # Strangers could fill the log with these, and push out what matters.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    logging.getLogger("flask_wtf.csrf").setLevel(logging.WARNING)
    if journal:
        sys.excepthook = _tell_the_end
        threading.excepthook = _tell_of_thread


def _tell_the_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    logging.getLogger("app").critical("the program ends for a reason of our own", exc_info=(kind, error, trace))


def _tell_of_thread(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread is not None else "?"
    error = ended.exc_value if ended.exc_value is not None else ended.exc_type()
    logging.getLogger("app").critical(
        "the thread %s ended for a reason of our own", name, exc_info=(ended.exc_type, error, ended.exc_traceback)
    )
