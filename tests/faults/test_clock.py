"""Somebody sets the computer's clock while the program runs: a dead battery, a time server that is found late."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.simulators.modbus import ModbusSimulator
from tests.faults.program import Program, furnish
from tests.tools import required
from tests.waiting import eventually

HOUR = 3600


class WallClock:
    """The wall clock of one process; only whole seconds are added."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clock"
        self.set(0)

    def set(self, seconds: float) -> None:
        if not self.file.exists():
            self.file.write_bytes(struct.pack("d", seconds))
            return
        with self.file.open("r+b") as file:
            file.write(struct.pack("d", seconds))


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("clock") / "set_clock.so"
    source = Path(__file__).with_name("set_clock.c")
    compiler = required("cc", "gcc")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(target), str(source)], check=True)
    return target


@pytest.fixture
def clock(tmp_path: Path) -> WallClock:
    return WallClock(tmp_path)


@pytest.fixture
def program(
    tmp_path: Path, library: Path, clock: WallClock, simulated: Callable[[], ModbusSimulator]
) -> Iterator[Program]:
    folder = tmp_path / "data"
    furnish(folder, [simulated().port])
    with Program(folder, {"LD_PRELOAD": str(library), "SET_CLOCK": str(clock.file)}) as running:
        eventually(lambda: running.polls() >= 2)
        yield running


def test_polls_go_on_whichever_way_the_clock_is_set(program: Program, clock: WallClock) -> None:
    newest = "SELECT count(*) FROM polls WHERE at BETWEEN strftime('%s') + ? AND strftime('%s') + ?"
    for jump_s in (3 * HOUR, -3 * HOUR, 400 * 24 * HOUR):
        clock.set(jump_s)
        eventually(lambda at=jump_s: int(str(program.rows(newest, at - 60, at + 60)[0][0])) >= 2)  # type: ignore[misc]
        assert program.get("/healthz").ok
    eventually(lambda: sum("clock was set" in line for line in program.said) == 3)
    assert program.rows("PRAGMA integrity_check") == [("ok",)]
    assert program.end() == 0
