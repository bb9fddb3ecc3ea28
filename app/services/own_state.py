"""How the product itself is doing: polls, room on the disk, budgets, chores, the program and its log."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.calendar import DAY_S
from app.log_tail import Line
from app.messages import Message
from app.services import cloud, models, status, write_budget
from app.store import audit, heatpumps, outbox, sizes
from app.store.heatpumps import HeatPump
from app.system import System
from app.version import __version__
from drivers.cloud_calls import CallsMade

YEAR_S = 365 * DAY_S
MEASURED_OVER_S = 60 * DAY_S
LEAST_MEASURED_DAYS = 1.0
MOST_REGISTERS = 20


@dataclass(frozen=True, slots=True)
class Polled:
    """How the polls of one heat pump go since its polling began; None where there was none yet. Times in seconds.

    `reason` says why it is lost.
    """

    id: str
    name: str
    state: str
    interval_s: float
    last_seen: int | None
    polls: int | None
    failures: int | None
    duration_s: float | None
    late_s: float | None
    reason: Message | None


@dataclass(frozen=True, slots=True)
class Storage:
    """Bytes. `growth` is what closed history took per day, measured over `measured_days`; None before a day is closed.

    `full_in_days`: when the disk would be full if nothing else were written to it; None without a growth.
    """

    database: int
    log: int
    free_inside: int
    disk_free: int
    disk_total: int
    growth: float | None
    measured_days: float
    in_a_year: int | None
    full_in_days: float | None


@dataclass(frozen=True, slots=True)
class Account:
    """An account of a maker's cloud: its heat pumps, whether somebody is signed in, and the calls it has made."""

    heat_pumps: tuple[str, ...]
    signed_in: bool
    calls: CallsMade


@dataclass(frozen=True, slots=True)
class Written:
    """A register that wears, and how often it was written in 24 hours and 365 days."""

    heatpump_id: str
    name: str
    sensor: str
    day: int
    daily: int
    year: int
    yearly: int


@dataclass(frozen=True, slots=True)
class Chores:
    """The work beside the polls; times in UTC seconds, None for never. `backups` is False when none are asked for."""

    past_at: int | None
    closed_until: int | None
    problems: tuple[str, ...]
    backups: bool
    backup_at: int | None
    backup_bytes: int | None
    backup_failure: str | None


@dataclass(frozen=True, slots=True)
class Program:
    """The running program; `memory` in bytes, None where the system does not tell."""

    version: str
    started_at: int | None
    uptime_s: float | None
    python: str
    platform: str
    sqlite: str
    memory: int | None
    threads: dict[str, int]
    polls_running: int
    polls_waiting: int
    outbox_polls: int


@dataclass(frozen=True, slots=True)
class OwnState:
    """All of it, as of one moment (UTC seconds)."""

    at: int
    program: Program
    heat_pumps: tuple[Polled, ...]
    storage: Storage
    accounts: tuple[Account, ...]
    writes: tuple[Written, ...]
    chores: Chores
    log: tuple[Line, ...]


def of(system: System) -> OwnState:
    db = system.database.connection()
    pumps = heatpumps.all_of_them(db)
    now = system.clock()
    return OwnState(
        int(now),
        _program(system, db, now),
        _polled(system, pumps),
        _storage(system, db, now),
        _accounts(system, pumps),
        _writes(system, db, pumps, int(now)),
        _chores(system, db),
        tuple(system.log_tail.newest_first()),
    )


def database_bytes(path: Path) -> tuple[int, int]:
    """Of the file, and of its write-ahead log."""
    files = (path, path.with_name(f"{path.name}-wal"))
    return tuple(file.stat().st_size if file.exists() else 0 for file in files)  # type: ignore[return-value]


def _program(system: System, db: sqlite3.Connection, now: float) -> Program:
    started = system.started_at
    return Program(
        version=__version__,
        started_at=None if started is None else int(started),
        uptime_s=None if started is None else max(0.0, now - started),
        python=platform.python_version(),
        platform=platform.platform(terse=True),
        sqlite=sqlite3.sqlite_version,
        memory=_memory(),
        threads=dict(sorted(Counter(_kind(thread.name) for thread in threading.enumerate()).items())),
        polls_running=system.poller.running(),
        polls_waiting=system.poller.waiting(),
        outbox_polls=outbox.length(db),
    )


def _kind(thread: str) -> str:
    """waitress-3 and ThreadPoolExecutor-0_2 are of a kind."""
    return thread.rstrip("0123456789_-(). ") or thread


def _memory() -> int | None:
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def _polled(system: System, pumps: Sequence[HeatPump]) -> tuple[Polled, ...]:
    statuses = status.of_all(system, list(pumps))
    found = []
    for pump in pumps:
        reader, doing = system.poller.reader(pump.id), statuses[pump.id]
        found.append(
            Polled(
                id=pump.id,
                name=pump.name,
                state=doing.state,
                interval_s=system.roster.interval_s(pump),
                last_seen=doing.last_seen,
                polls=reader.counts.polls if reader else None,
                failures=reader.counts.failures if reader else None,
                duration_s=reader.last.seconds if reader and reader.last else None,
                late_s=system.poller.late_s(pump.id),
                reason=doing.reason,
            )
        )
    return tuple(found)


def _storage(system: System, db: sqlite3.Connection, now: float) -> Storage:
    database, log = database_bytes(system.database.path)
    disk = shutil.disk_usage(system.config.folder)
    grown = sizes.grown(db, int(now) - MEASURED_OVER_S)
    days = max((each.seconds / DAY_S for each in grown), default=0.0)
    growth = sum(each.bytes / (each.seconds / DAY_S) for each in grown) if days >= LEAST_MEASURED_DAYS else None
    return Storage(
        database=database,
        log=log,
        free_inside=sizes.of(db).free,
        disk_free=disk.free,
        disk_total=disk.total,
        growth=growth,
        measured_days=days,
        in_a_year=None if growth is None else round(database + 365 * growth),
        full_in_days=disk.free / growth if growth else None,
    )


def _accounts(system: System, pumps: Sequence[HeatPump]) -> tuple[Account, ...]:
    sharing: dict[tuple[str, str], list[HeatPump]] = {}
    for pump in pumps:
        if "client_id" in pump.connection:
            sharing.setdefault((str(pump.connection.get("login")), pump.connection["client_id"]), []).append(pump)
    found = []
    for those in sharing.values():
        state = cloud.of(system, those[0])
        if state is not None:
            found.append(Account(tuple(pump.name for pump in those), state.signed_in, state.calls))
    return tuple(found)


def _writes(system: System, db: sqlite3.Connection, pumps: Sequence[HeatPump], now: int) -> tuple[Written, ...]:
    """Only registers that wear; the ones that were written most first."""
    known = {pump.id: pump for pump in pumps}
    found = []
    for heatpump_id, sensor_id, day, year in audit.reached(db, now - YEAR_S + 1, now - DAY_S + 1):
        pump = known.get(heatpump_id)
        model = None if pump is None else models.of(system, pump)
        sensor = None if model is None else model.every_sensor.get(sensor_id)
        if pump is not None and sensor is not None and write_budget.wears(sensor):
            config = system.config
            found.append(
                Written(pump.id, pump.name, sensor_id, day, config.writes_per_day, year, config.writes_per_year)
            )
    return tuple(found[:MOST_REGISTERS])


def _chores(system: System, db: sqlite3.Connection) -> Chores:
    problems = [*system.upkeep.problems.values(), *([system.upkeep.failure] if system.upkeep.failure else [])]
    nightly, newest = system.nightly, None
    if nightly is not None:
        try:
            newest = next((path.stat() for path in nightly.made()), None)
        except OSError:
            newest = None  # the folder's disk is not there just now
    return Chores(
        past_at=None if system.looked_after_at is None else int(system.looked_after_at),
        closed_until=sizes.closed_until(db),
        problems=tuple(problems),
        backups=nightly is not None,
        backup_at=None if newest is None else int(newest.st_mtime),
        backup_bytes=None if newest is None else newest.st_size,
        backup_failure=None if nightly is None else nightly.trouble,
    )
