"""Entries of the journal with fields of their own, in its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL)."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator

SOCKET = "/run/systemd/journal/socket"
IDENTIFIER = "heat-pump-monitor"
LONGEST = 60_000
"""Letters of a message: an entry has to fit into one datagram."""

HEATPUMP_ID = re.compile(r"hp-(?:\d{3,}|legacy)")


class JournalHandler(logging.Handler):
    """One entry per record; what the journal does not take goes to `otherwise`.

    A field's length comes before it wherever it could be misunderstood: nothing that a machine or a person has named
    can pass for a field or an entry of its own.
    """

    def __init__(self, otherwise: logging.Handler, levels: tuple[tuple[int, int], ...], place: str = SOCKET) -> None:
        super().__init__()
        self._otherwise = otherwise
        self._levels = levels
        self._place = place
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._line.sendto(b"".join(_written(name, text) for name, text in self._fields(record)), self._place)
        except OSError:  # it is being restarted, or has no room: standard error waits for it
            self._otherwise.handle(record)
        except Exception:  # noqa: BLE001 - a line that cannot be written must not stop what it tells about
            self.handleError(record)

    def close(self) -> None:
        self._line.close()
        super().close()

    def _fields(self, record: logging.LogRecord) -> Iterator[tuple[str, str]]:
        level = next((number for least, number in self._levels if record.levelno >= least), 7)
        yield "MESSAGE", self.format(record)[:LONGEST]
        yield "PRIORITY", str(level)
        yield "SYSLOG_IDENTIFIER", IDENTIFIER
        yield "LOGGER", record.name
        yield "THREAD", record.threadName or ""
        yield "CODE_FILE", record.pathname
        yield "CODE_LINE", str(record.lineno)
        yield "CODE_FUNC", record.funcName or ""
        heatpump_id = _heatpump_id(record)
        if heatpump_id is not None:
            yield "HEATPUMP_ID", heatpump_id
        if record.exc_info and record.exc_info[0] is not None:
            yield "EXCEPTION", record.exc_info[0].__name__


def _heatpump_id(record: logging.LogRecord) -> str | None:
    """The first of the sentence's facts that is an id; names come after ids."""
    facts = record.args if isinstance(record.args, tuple) else ()
    return next((each for each in facts if isinstance(each, str) and HEATPUMP_ID.fullmatch(each)), None)


def _written(name: str, text: str) -> bytes:
    content = text.encode("utf-8", "replace")
    if b"\n" not in content:
        return b"%s=%s\n" % (name.encode(), content)
    return b"%s\n%s%s\n" % (name.encode(), len(content).to_bytes(8, "little"), content)
