"""Kills the running program again and again, and looks whether anything was lost that had been read before.

`python -m tests.faults.kills 200` for the long form.
"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from app.store import readings
from app.store.database import Database
from tests.faults.counting import CountingMachine, number
from tests.faults.program import Owner, Program, furnish

INTERVAL_S = 2.0
MACHINES = 6
SETTLE_S = 0.3
TARGETS = [("temp_hot_water_target", 40, 55), ("temp_water_switch_on", 35, 45), ("temp_water_switch_off", 46, 53)]


@dataclass(slots=True)
class Report:
    """What so many kills did. `missing` are readings that a machine has answered and nobody has, beyond the one that
    may be in flight."""

    rounds: int = 0
    read: int = 0
    kept: int = 0
    in_flight: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    twice: int = 0
    told_done: int = 0
    cut_off: int = 0
    unexplained: list[str] = field(default_factory=list)
    slowest_start_s: float = 0.0

    def complaints(self) -> list[str]:
        found = self.missing + self.damaged + self.unexplained
        return found + ([f"{self.twice} readings are there twice"] if self.twice else [])


def kill_again_and_again(folder: Path, rounds: int, seed: int) -> Report:
    """So many rounds under load: polls of several machines, pages, writes and a backup while they are killed."""
    chance, report = random.Random(seed), Report()
    with ExitStack() as ending:
        machines = [ending.enter_context(CountingMachine(each)) for each in range(1, MACHINES + 1)]
        furnish(folder, [machine.port for machine in machines], interval=INTERVAL_S, writes_per_day=1440)
        program = ending.enter_context(Program(folder, running=False))
        for _ in range(rounds):
            _one_round(program, machines, chance, report)
        program.start()
        program.until_it_answers()
        assert program.end() == 0
        _compare_writes(program, machines, report)
    return report


def _one_round(program: Program, machines: list[CountingMachine], chance: random.Random, report: Report) -> None:
    before = [machine.polls for machine in machines]
    begun = time.monotonic()
    program.start()
    if chance.random() < 0.15:
        time.sleep(chance.uniform(0.1, 1.5))  # in the middle of the start
    else:
        program.until_it_answers()
        report.slowest_start_s = max(report.slowest_start_s, time.monotonic() - begun)
        _load(program, chance, report, time.monotonic() + chance.uniform(0.2, 2.5))
    program.kill()
    time.sleep(SETTLE_S)  # what is still in a socket reaches the machines
    report.rounds += 1
    with _opened(program.folder) as (database, db):
        said = db.execute("PRAGMA integrity_check").fetchone()[0]
        if said != "ok":
            report.damaged.append(f"round {report.rounds}: {said}")
        report.read += sum(machine.polls for machine in machines) - sum(before)
        report.kept = 0
        report.in_flight = 0
        for index, machine in enumerate(machines, 1):
            _count(database, db, f"hp-{index:03}", machine, before[index - 1], report)


def _count(
    database: Database, db: sqlite3.Connection, heatpump_id: str, machine: CountingMachine, before: int, report: Report
) -> None:
    """Every number up to the machine's own must be kept, but the last ones of each round."""
    numbers = [
        number(float(values[0]))
        for _, values in readings.samples(db, heatpump_id, ["temp_outside"], 0, 2**40)
        if isinstance(values[0], float | int)
    ]
    report.kept += len(numbers)
    report.twice += len(numbers) - len(set(numbers))
    lost = set(range(1, machine.polls + 1)) - set(numbers)
    report.in_flight += len(lost)
    of_this_round = sorted(each for each in lost if each > before)
    if of_this_round and of_this_round != [machine.polls]:
        report.missing.append(f"round {report.rounds}: {heatpump_id} lost {of_this_round} of {machine.polls}")


def _load(program: Program, chance: random.Random, report: Report, until: float) -> None:
    """An owner who looks at pages, writes values and fetches backups."""
    owner = Owner(program.port, program.jar)
    try:
        owner.sign_in()
        while time.monotonic() < until:
            sensor, least, most = chance.choice(TARGETS)
            heatpump_id = f"hp-{chance.randint(1, MACHINES):03}"
            answer = owner.write(heatpump_id, sensor, chance.randint(least, most), timeout_s=until - time.monotonic())
            if answer is not None and answer.json().get("outcome") == "confirmed":
                report.told_done += 1
            owner.get(chance.choice(["/", "/api/data", "/healthz", f"/heatpumps/{heatpump_id}", "/metrics"]))
    except requests.RequestException:
        return  # it takes longer than we wait: it is killed in the middle of an answer


def _compare_writes(program: Program, machines: list[CountingMachine], report: Report) -> None:
    """Nothing reached a machine that the log of changes does not have, and nothing is done that did not arrive."""
    entries = program.rows("SELECT heatpump_id, outcome, reached FROM audit WHERE action = 'write'")
    report.cut_off = sum(outcome == "unconfirmed" for _, outcome, _ in entries)
    for index, machine in enumerate(machines, 1):
        own = [(outcome, reached) for heatpump_id, outcome, reached in entries if heatpump_id == f"hp-{index:03}"]
        reached, done = sum(bool(each) for _, each in own), sum(outcome == "confirmed" for outcome, _ in own)
        if not done <= len(machine.writes) <= reached:
            report.unexplained.append(f"hp-{index:03}: {len(machine.writes)} writes arrived, {reached} are known")
    if any(outcome is None for _, outcome, _ in entries):
        report.unexplained.append("a write has no outcome")
    if sum(outcome == "confirmed" for _, outcome, _ in entries) < report.told_done:
        report.unexplained.append("a write was told as done, and is not in the log")


@contextmanager
def _opened(folder: Path) -> Iterator[tuple[Database, sqlite3.Connection]]:
    """As the next start finds it."""
    with closing(Database(folder / "monitor.db")) as database:
        yield database, database.connection()


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1_000_000)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        report = kill_again_and_again(Path(folder) / "data", rounds, seed)
    print(f"{report.rounds} kills (seed {seed}) in {(time.monotonic() - began) / 60:.1f} minutes")
    print(f"  {report.read} readings answered, {report.kept} kept, {report.in_flight} lost in flight")
    print(f"  {report.told_done} writes told as done, {report.cut_off} unconfirmed afterwards")
    print(f"  {report.rounds - len(report.damaged)} of {report.rounds} integrity checks passed")
    print(f"  slowest start {report.slowest_start_s:.1f} s")
    for complaint in report.complaints():
        print(f"! {complaint}")
    sys.exit(bool(report.complaints()))


if __name__ == "__main__":
    main()
