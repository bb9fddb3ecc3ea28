"""What systemd hears of the service, and what the journal gets, over real sockets."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import journal, logs, systemd
from app.commands.watchdog import Watchdog


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[socket.socket]:
    """Where systemd would listen."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(20)
        yield listening


def test_facts_arrive_together(ear: socket.socket) -> None:
    assert systemd.tell("READY=1", "STATUS=well", environment={"NOTIFY_SOCKET": ear.getsockname()})
    assert ear.recv(1000) == b"READY=1\nSTATUS=well"


def test_an_abstract_socket_is_found_too() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        name = f"heat-pump-test-{os.getpid()}"
        listening.bind(f"\0{name}")
        assert systemd.tell("READY=1", environment={"NOTIFY_SOCKET": f"@{name}"})
        assert listening.recv(100) == b"READY=1"


@pytest.mark.parametrize("place", ["", "nowhere", "/nowhere/at/all", "@nobody-listens-here"])
def test_without_a_listener_nothing_happens(place: str) -> None:
    assert not systemd.tell("READY=1", environment={"NOTIFY_SOCKET": place})


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "180000000"}, 180.0),
        ({"WATCHDOG_USEC": "180000000", "WATCHDOG_PID": str(os.getpid())}, 180.0),
        ({"WATCHDOG_USEC": "180000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": ""}, None),
    ],
)
def test_how_long_systemd_waits_is_its_own_word(said: dict[str, str], wanted: float | None) -> None:
    assert systemd.patience_s(said) == wanted


def test_what_does_not_live_sends_no_sign_and_says_why_once(
    ear: socket.socket, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", ear.getsockname())
    trouble: list[str | None] = [None]
    watchdog = Watchdog(lambda: trouble[0])
    watchdog.look()
    trouble[0] = "the scheduler has begun nothing for 75 s"
    watchdog.look()
    watchdog.look()
    trouble[0] = None
    watchdog.look()
    heard = [ear.recv(1000).decode() for _ in range(3)]
    assert heard == ["WATCHDOG=1", "STATUS=the scheduler has begun nothing for 75 s", "WATCHDOG=1"]
    assert len(caplog.records) == 1
    ear.setblocking(False)
    with pytest.raises(BlockingIOError):
        ear.recv(1000)


@pytest.mark.parametrize(
    ("level", "text", "line"),
    [
        (logging.INFO, "hp-001 is back", "<6>app.x: hp-001 is back"),
        (logging.WARNING, "Gebäude A is lost", "<4>app.x: Gebäude A is lost"),
        (logging.ERROR, "nothing is kept", "<3>app.x: nothing is kept"),
        (logging.CRITICAL, "it ends", "<2>app.x: it ends"),
        (logging.DEBUG, "a detail", "<7>app.x: a detail"),
        (logging.INFO, "a name\n<0>kernel: panic\x1b[31m", "<6>app.x: a name\\n<0>kernel: panic\\x1b[31m"),
    ],
)
def test_the_journal_gets_the_level_and_one_line(level: int, text: str, line: str) -> None:
    record = logging.LogRecord("app.x", level, __file__, 1, "%s", (text,), None)
    assert logs.JournalFormatter().format(record) == line


def test_a_traceback_is_one_line_for_the_journal() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("app.x", logging.ERROR, __file__, 1, "it failed", (), info)
    line = logs.JournalFormatter().format(record)
    assert "\n" not in line
    assert "ValueError: two\\nlines" in line


def test_nothing_that_somebody_else_chose_passes_for_a_line_of_the_log() -> None:
    forged = "x\n2026-01-01 00:00:00,000 INFO app: all is well\x1b[2J"
    try:
        raise ValueError(forged)
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("app.x", logging.ERROR, __file__, 1, "%s failed", (forged,), info)
    first, *more = logs.LineFormatter().format(record).split("\n")
    assert "x\\n2026-01-01" in first and "\x1b" not in "".join(more)
    assert more and all(line.startswith("  ") for line in more)


def test_the_journal_is_known_by_its_own_descriptor(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as file:
        there = os.fstat(file.fileno())
        said = {"JOURNAL_STREAM": f"{there.st_dev}:{there.st_ino}"}
        assert systemd.has_journal(said, file.fileno())
        assert not systemd.has_journal({"JOURNAL_STREAM": "1:2"}, file.fileno())
        assert not systemd.has_journal({}, file.fileno())


def fields(entry: bytes) -> dict[str, str]:
    """An entry of the native protocol, read as the journal reads it."""
    found: dict[str, str] = {}
    while entry:
        line, entry = entry.split(b"\n", 1)
        name, equals, text = line.partition(b"=")
        if not equals:
            length = int.from_bytes(entry[:8], "little")
            text, entry = entry[8 : 8 + length], entry[9 + length :]
        found[name.decode()] = text.decode()
    return found


@pytest.fixture
def entries(ear: socket.socket) -> Iterator[journal.JournalHandler]:
    writing = journal.JournalHandler(logging.NullHandler(), logs.LEVELS, str(ear.getsockname()))
    writing.setFormatter(logs.EntryFormatter())
    yield writing
    writing.close()


def test_an_entry_of_the_journal_has_fields_to_ask_for(ear: socket.socket, entries: journal.JournalHandler) -> None:
    facts = ("hp-012", "Keller", "no answer")
    record = logging.LogRecord("app.x", logging.WARNING, "x.py", 7, "%s (%s) is lost: %s", facts, None, "tell")
    entries.handle(record)
    told = fields(ear.recv(100_000))
    assert told["MESSAGE"] == "hp-012 (Keller) is lost: no answer"
    assert (told["PRIORITY"], told["SYSLOG_IDENTIFIER"], told["LOGGER"]) == ("4", "heat-pump-monitor", "app.x")
    assert (told["HEATPUMP_ID"], told["CODE_FILE"], told["CODE_LINE"], told["CODE_FUNC"]) == (
        "hp-012",
        "x.py",
        "7",
        "tell",
    )
    assert "EXCEPTION" not in told


def test_what_somebody_has_named_makes_no_field_of_an_entry(
    ear: socket.socket, entries: journal.JournalHandler
) -> None:
    try:
        raise ValueError("two\nPRIORITY=0")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("app.x\nUNIT=ssh", logging.INFO, "x.py", 7, "%s", ("a\nPRIORITY=0\n",), info)
    entries.handle(record)
    told = fields(ear.recv(100_000))
    assert (told["PRIORITY"], told["EXCEPTION"], told["LOGGER"]) == ("6", "ValueError", "app.x\nUNIT=ssh")
    assert "UNIT" not in told
    assert told["MESSAGE"].startswith("a\\nPRIORITY=0\\nTraceback")
    assert "two\\nPRIORITY=0" in told["MESSAGE"]


def test_a_journal_that_takes_nothing_leaves_standard_error(tmp_path: Path) -> None:
    kept: list[logging.LogRecord] = []
    otherwise = logging.Handler()
    otherwise.emit = kept.append  # type: ignore[method-assign]
    writing = journal.JournalHandler(otherwise, logs.LEVELS, str(tmp_path / "nobody"))
    record = logging.LogRecord("app.x", logging.INFO, "x.py", 7, "serving", (), None)
    writing.handle(record)
    assert kept == [record]
    writing.close()


def test_the_longest_message_still_fits_into_an_entry(ear: socket.socket, entries: journal.JournalHandler) -> None:
    entries.handle(logging.LogRecord("app.x", logging.INFO, "x.py", 7, "%s", ("ä" * 500_000,), None))
    assert len(fields(ear.recv(1_000_000))["MESSAGE"]) == journal.LONGEST
