"""Fifty heat pumps, of which ten hang, five answer garbage and five reset; and then the network is gone for a while.

`python -m tests.faults.crowd 600` for the long form: so many seconds before the network goes.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app import logs
from app.config import Config
from app.store import outages, readings
from app.system import System, assemble
from bench.soak import listen
from tests.faults.counting import number
from tests.faults.program import furnish
from tests.waiting import eventually

WELL, HANGING, TALKING, RESETTING = 30, 10, 5, 5
INTERVAL_S = 3.0
GONE_S = 8.0
"""Longer than an interval and a time-out together."""


@dataclass(slots=True)
class Report:
    polls: dict[str, int] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    due: int = 0
    missed: int = 0
    """Runs that the poller left out, of those that are well."""
    invented: int = 0
    """Samples of machines that never told anything but noise or nothing."""
    noticed: int = 0
    back_after_s: float = 0.0
    lost_afterwards: list[str] = field(default_factory=list)
    latest_s: float = 0.0

    def complaints(self) -> list[str]:
        found = [f"{name}: {count} polls without an answer" for name, count in self.failures.items() if count]
        found += [f"{name}: {count} polls of {self.due}" for name, count in self.polls.items() if count < self.due]
        found += [
            f"{name}: {self.kept[name]} of {count} polls kept"
            for name, count in self.polls.items()
            if self.kept[name] < count
        ]
        if self.missed:
            found.append(f"{self.missed} runs left out")
        if self.invented:
            found.append(f"{self.invented} readings of machines that told nothing")
        if self.noticed < WELL:
            found.append(f"only {self.noticed} of {WELL} were noticed as lost without a network")
        return found + [f"{name} did not come back" for name in self.lost_afterwards]


def live_through(folder: Path, seconds: float) -> Report:
    """Poll all of them for so long, then take the network away and give it back."""
    report = Report()
    with _machines() as (process, ports):
        furnish(folder, [*ports["well"], *ports["faulty"]], interval=INTERVAL_S)
        system = assemble(Config(folder, interval=INTERVAL_S, slow_interval=600))
        with closing(system.database):
            well = [f"hp-{number:03}" for number in range(1, WELL + 1)]
            late: list[str] = []
            listen(system, late.append)
            system.start()
            eventually(lambda: all(system.latest.of(pump_id) for pump_id in well))
            late.clear()
            time.sleep(seconds)
            _look(system, well, late, report, seconds)
            _without_network(system, process, well, report)
            system.stop(10)
    return report


def _look(system: System, well: list[str], late: list[str], report: Report, seconds: float) -> None:
    report.missed = sum(pump_id in well for pump_id in late)
    report.due = int(seconds / INTERVAL_S)
    for pump_id in well:
        reader = system.poller.reader(pump_id)
        assert reader is not None
        report.polls[pump_id], report.failures[pump_id] = reader.counts.polls, reader.counts.failures
        report.latest_s = max(report.latest_s, system.poller.late_s(pump_id) or 0.0)
    db = system.database.connection()
    deadline = time.monotonic() + 20
    for pump_id in well:
        report.kept[pump_id] = _kept(db, pump_id)
        while report.kept[pump_id] < report.polls[pump_id] and time.monotonic() < deadline:
            time.sleep(0.1)  # a poll that is counted may still be on the wire
            report.kept[pump_id] = _kept(db, pump_id)
    for index in range(WELL + 1, WELL + HANGING + RESETTING + TALKING + 1):
        pump_id = f"hp-{index:03}"
        if WELL + HANGING < index <= WELL + HANGING + TALKING:
            continue  # noise in a right frame may be a value; only its form can be judged
        report.invented += sum(1 for _ in readings.samples(db, pump_id, ["temp_outside"], 0, 2**40))


def _kept(db: sqlite3.Connection, pump_id: str) -> int:
    """How many numbers of this machine are in the history."""
    found = [values for _, values in readings.samples(db, pump_id, ["temp_outside"], 0, 2**40)]
    return len({number(float(each[0])) for each in found if isinstance(each[0], float | int)})


def _without_network(system: System, process: subprocess.Popen[str], well: list[str], report: Report) -> None:
    """Nobody answers any more, as when a switch has lost its power; connections stay open and silent."""
    os.kill(process.pid, signal.SIGSTOP)
    try:
        deadline = time.monotonic() + GONE_S + 40
        while report.noticed < WELL and time.monotonic() < deadline:
            time.sleep(0.2)
            lost = outages.current(system.database.connection())
            report.noticed = sum(pump_id in lost for pump_id in well)
    finally:
        os.kill(process.pid, signal.SIGCONT)
    begun = time.monotonic()
    while time.monotonic() < begun + 60:
        lost = outages.current(system.database.connection())
        report.lost_afterwards = [pump_id for pump_id in well if pump_id in lost]
        if not report.lost_afterwards:
            break
        time.sleep(0.1)
    report.back_after_s = time.monotonic() - begun


@contextmanager
def _machines() -> Iterator[tuple[subprocess.Popen[str], dict[str, list[int]]]]:
    numbers = [str(each) for each in (WELL, HANGING, TALKING, RESETTING)]
    command = [sys.executable, "-m", "tests.faults.crowd_machines", *numbers]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(60)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 600.0
    logs.set_up()
    logging.getLogger().setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="crowd-") as folder:
        report = live_through(Path(folder) / "data", seconds)
    polls, kept = sum(report.polls.values()), sum(report.kept.values())
    print(f"{WELL} heat pumps beside {HANGING} that hang, {TALKING} that talk nonsense, {RESETTING} that reset")
    print(f"  {polls} polls in {seconds:.0f} s, {kept} kept, {report.missed} left out, latest {report.latest_s:.2f} s")
    print(f"  without a network {report.noticed} noticed; all back {report.back_after_s:.1f} s after it")
    for complaint in report.complaints():
        print(f"! {complaint}")
    sys.exit(bool(report.complaints()))


if __name__ == "__main__":
    main()
