"""`make soak`: a day in the life of an installation with a heat pump of every model, in 48 minutes.

The product's own poller, drivers and store read one simulated machine per model, each on the real protocol over the
loopback. Only waiting is shortened: the clocks of the product and of the machines run SPEED times as fast, and a poll
is due every INTERVAL_S of that time. Every poll, request, answer and transaction of the day really happens;
time-outs keep their real length, so that nothing gets more patience than in a cellar. Models that are reached through
their maker's cloud have no port, and are left out.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, EVENT_JOB_SUBMITTED, JobSubmissionEvent

from app import memory
from app.config import Config
from app.services import heatpumps
from app.store import readings
from app.system import System, assemble
from drivers.registry import Drivers
from drivers.viessmann_account import Accounts

HOURS, SPEED = 24.0, 30.0
INTERVAL_S = 30.0
SINCE = 1_768_456_800
"""A winter's morning."""

ONE_CONNECTION_FILES = 3
"""Database, write-ahead log and its index: a thread that was not needed before opens them once."""

GROWTH_MB = 4.0
"""What a process may grow by from the middle to the last third, where caches still fill."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What the process held at one time."""

    files: int
    """Descriptors of any kind."""
    sockets: int
    threads: int
    mb: float


@dataclass(slots=True)
class Report:
    """What these hours were like. `missed` are runs that the poller left out, `lost` polls without an answer."""

    hours: float
    polls: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    missed: int = 0
    moments: list[Moment] = field(default_factory=list)
    before: Moment | None = None
    after: Moment | None = None

    @property
    def growth_mb(self) -> float:
        middle, last = self._thirds()
        return median(each.mb for each in last) - median(each.mb for each in middle)

    @property
    def more_files(self) -> float:
        middle, last = self._thirds()
        return median(each.files for each in last) - median(each.files for each in middle)

    @property
    def files_due(self) -> float:
        """How many more files the threads explain that were first needed meanwhile; the poller bounds their number."""
        middle, last = self._thirds()
        more = median(each.threads for each in last) - median(each.threads for each in middle)
        return ONE_CONNECTION_FILES * (1 + max(0.0, more))

    def _thirds(self) -> tuple[list[Moment], list[Moment]]:
        """The middle one and the last one."""
        third = max(1, len(self.moments) // 3)
        return self.moments[third : 2 * third] or self.moments, self.moments[-third:]

    @property
    def most_sockets(self) -> tuple[int, int]:
        """In the first and in the last third."""
        third = max(1, len(self.moments) // 3)
        return (
            max(each.sockets for each in self.moments[:third]),
            max(each.sockets for each in self.moments[-third:]),
        )

    def complaints(self) -> list[str]:
        """What an owner would have to complain about."""
        found = [f"{name}: {count} polls without an answer" for name, count in self.lost.items() if count]
        found += [
            f"{name}: {count} polls instead of {self.due[name]}"
            for name, count in self.polls.items()
            if count < self.due[name]
        ]
        found += [
            f"{name}: {self.kept[name]} of {count} polls kept"
            for name, count in self.polls.items()
            if self.kept[name] < count - self.lost[name]
        ]
        if self.missed:
            found.append(f"{self.missed} runs left out")
        first, last = self.most_sockets
        one_each = (self.before.sockets if self.before else 0) + len(self.polls)  # a slow machine's comes late
        if last > max(first, one_each):
            found.append(f"{last} sockets at the end, {first} at the beginning")
        if self.before and self.after and self.after.sockets > self.before.sockets:
            found.append(f"{self.after.sockets} sockets after the end, {self.before.sockets} before the start")
        if self.more_files > self.files_due:
            found.append(f"{self.more_files:g} more files open than before")
        if self.growth_mb > GROWTH_MB:
            found.append(f"grew by {self.growth_mb:.1f} MB")
        return found


class Clock:
    """UTC seconds that run `speed` times as fast as they do."""

    def __init__(self, since: float, speed: float) -> None:
        self._since, self._speed, self._began = since, speed, time.monotonic()

    def __call__(self) -> float:
        return self._since + (time.monotonic() - self._began) * self._speed


def soak(folder: Path, hours: float = HOURS, speed: float = SPEED) -> Report:
    """Live through these hours and tell."""
    report = Report(hours)
    with _machines(speed) as ports:
        report.before = _moment()
        clock = Clock(SINCE, speed)
        system = assemble(Config(folder, interval=INTERVAL_S / speed, slow_interval=600), clock)
        system.drivers = Drivers(clock, Accounts(folder / "accounts", clock))
        _move_in(system, ports)
        left_out: list[str] = []
        listen(system, left_out.append)
        system.start()
        end = SINCE + hours * 3600
        while clock() < end:
            time.sleep(max(0.2, hours * 3600 / speed / 60))
            report.moments.append(_moment())
        report.missed = len(left_out)
        counts = {
            pump.id: reader.counts
            for pump in heatpumps.all_of_them(system)
            if (reader := system.poller.reader(pump.id))
        }
        lived_s = clock() - SINCE
        pumps = {pump.id: f"{pump.manufacturer}/{pump.model}" for pump in heatpumps.all_of_them(system)}
        # a machine that answers slowly keeps its own interval, which the faster clock does not shorten
        report.due = {
            f"{pump.manufacturer}/{pump.model}": int(lived_s / speed / system.roster.interval_s(pump)) - 1
            for pump in heatpumps.all_of_them(system)
        }
        report.polls = {pumps[pump_id]: count.polls for pump_id, count in counts.items()}
        report.lost = {pumps[pump_id]: count.failures for pump_id, count in counts.items()}
        report.kept = {name: _kept(system, pump_id) for pump_id, name in pumps.items()}
        system.stop(30)
    report.after = _moment()
    return report


def _move_in(system: System, ports: Mapping[str, int]) -> None:
    for name, port in ports.items():
        manufacturer, _, model = name.partition("/")
        where = {"host": "127.0.0.1", "port": port}
        heatpumps.add(system, {"manufacturer": manufacturer, "model": model, "connection_config": where})


def _kept(system: System, heatpump_id: str) -> int:
    return sum(1 for _ in readings.samples(system.database.connection(), heatpump_id, ["operating_mode"], 0, 2**40))


def listen(system: System, left_out: Callable[[str], object]) -> None:
    """Be told the heat pump of every run that is left out: it comes so late that the next one is due as well."""

    def note(event: JobSubmissionEvent) -> None:
        if not event.job_id.startswith("hp-"):
            return
        late = len(event.scheduled_run_times) - 1 if event.code == EVENT_JOB_SUBMITTED else 1
        for _ in range(late):
            left_out(event.job_id)

    system.poller._scheduler.add_listener(note, EVENT_JOB_SUBMITTED | EVENT_JOB_MAX_INSTANCES | EVENT_JOB_MISSED)


@contextmanager
def _machines(speed: float) -> Iterator[dict[str, int]]:
    """The ports of the machines, by model."""
    command = [sys.executable, "-m", "bench.soak_machines", str(SINCE), str(speed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as machines:
        assert machines.stdout is not None
        assert machines.stdin is not None
        try:
            yield json.loads(machines.stdout.readline())
        finally:
            machines.stdin.close()
            machines.wait(30)


def _moment() -> Moment:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    files = _open_files()
    sockets = sum(each.startswith("socket:") for each in files)
    return Moment(len(files), sockets, threading.active_count(), pages * 4096 / 1e6)


def _open_files() -> list[str]:
    found = []
    for each in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(each.readlink()))
        except OSError:
            continue  # closed meanwhile
    return found


def main() -> None:
    hours = float(sys.argv[1]) if len(sys.argv) > 1 else HOURS
    speed = float(sys.argv[2]) if len(sys.argv) > 2 else SPEED
    memory.tune()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        report = soak(Path(folder), hours, speed)
    print(f"{report.hours:g} hours in {(time.monotonic() - began) / 60:.1f} minutes")
    for name, polls in report.polls.items():
        print(f"  {name:<28} {polls:>6} polls, {report.lost[name]} without an answer, {report.kept[name]} kept")
    files = [each.files for each in report.moments]
    memories = [each.mb for each in report.moments]
    print(f"  {report.missed} runs left out; sockets {report.most_sockets[0]} → {report.most_sockets[1]}")
    print(f"  open files {files[0]} → {files[-1]}, at most {max(files)}")
    print(f"  memory {memories[0]:.1f} → {memories[-1]:.1f} MB, {report.growth_mb:+.1f} MB in the last third")
    for complaint in report.complaints():
        print(f"! {complaint}")
    sys.exit(bool(report.complaints()))


if __name__ == "__main__":
    main()
