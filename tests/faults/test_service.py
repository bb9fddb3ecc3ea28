"""The running program and whoever runs it: systemd's signs, a disk that is full for a while, an end during a write."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.commands import watchdog
from app.commands.watchdog import WebPulse
from tests.faults.counting import CountingMachine
from tests.faults.program import Owner, Program, furnish
from tests.waiting import eventually


@pytest.fixture
def machine() -> Iterator[CountingMachine]:
    with CountingMachine(1) as running:
        yield running


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[socket.socket]:
    """Where systemd would listen."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(40)
        yield listening


def test_systemd_hears_of_the_start_of_life_and_of_the_end(
    tmp_path: Path, ear: socket.socket, machine: CountingMachine
) -> None:
    folder = tmp_path / "data"
    furnish(folder, [machine.port])
    with Program(folder, {"NOTIFY_SOCKET": ear.getsockname(), "WATCHDOG_USEC": "400000"}) as program:
        assert ear.recv(1000).startswith(b"READY=1\nSTATUS=serving on ")
        answer = program.get()
        assert answer is not None
        assert answer.json()["live"] is True
        assert ear.recv(1000) == b"WATCHDOG=1"
        assert ear.recv(1000) == b"WATCHDOG=1"
        assert program.end() == 0
        heard = [ear.recv(1000)]
        while heard[-1] == b"WATCHDOG=1":
            heard.append(ear.recv(1000))
        assert heard[-1].startswith(b"STOPPING=1")


@pytest.mark.parametrize("busy", ["loop", "workers"])
def test_a_web_interface_that_is_stuck_is_noticed(monkeypatch: pytest.MonkeyPatch, busy: str) -> None:
    from waitress.server import create_server

    monkeypatch.setattr(watchdog, "LOOP_LATE_S", 0.2)
    monkeypatch.setattr(watchdog, "WORKERS_LATE_S", 0.4)
    sockets: dict[int, Any] = {}
    stuck = threading.Event()
    server = create_server(lambda environment, start: [b""], sockets, host="127.0.0.1", port=0, threads=2)
    pulse = WebPulse(sockets)
    pulse.watch(server)
    running = threading.Thread(target=lambda: _serve(server), daemon=True)
    running.start()
    try:
        for _ in range(20):
            assert pulse.trouble() is None
            time.sleep(0.02)
        if busy == "loop":
            sockets[10_000] = Deaf(stuck)
        else:
            for _ in range(2):
                server.task_dispatcher.add_task(watchdog._Beat(lambda: stuck.wait(30)))
        wanted = "taken no request" if busy == "loop" else "answered nobody"
        eventually(lambda: wanted in (pulse.trouble() or ""))
        stuck.set()
        eventually(lambda: pulse.trouble() is None)
    finally:
        stuck.set()
        sockets.pop(10_000, None)
        pulse.within_loop(server.close)
        server.task_dispatcher.shutdown()


class Deaf:
    """Something that the loop asks, and that keeps it waiting."""

    def __init__(self, over: threading.Event) -> None:
        self._over = over

    def readable(self) -> bool:
        self._over.wait(30)
        return False

    def writable(self) -> bool:
        return False


def _serve(server: Any) -> None:
    try:
        server.run()
    except OSError:
        return  # it was closed


def test_a_full_disk_costs_the_readings_of_that_time_and_is_told_without_a_restart(
    tmp_path: Path, machine: CountingMachine
) -> None:
    folder = tmp_path / "data"
    furnish(folder, [machine.port])
    with Program(folder) as program:
        eventually(lambda: program.polls() >= 2)
        eventually(lambda: _ready(program) == "ok")
        resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        eventually(lambda: _ready(program).startswith("nothing can be kept: "))
        alive = program.get("/healthz/live")
        assert alive is not None
        assert alive.ok
        kept = program.polls()
        resource.prlimit(program.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        eventually(lambda: _ready(program) == "ok")
        eventually(lambda: program.polls() > kept)
        assert program.rows("PRAGMA integrity_check") == [("ok",)]
        assert sum("nothing is kept" in line for line in program.said) == 1
        assert sum("is kept again" in line for line in program.said) == 1
        assert program.end() == 0


def _ready(program: Program) -> str:
    answer = program.get("/healthz/ready")
    if answer is None:
        return "no answer"
    assert answer.status_code in (200, 503)
    return str(answer.json().get("reason", answer.json()["status"]))


@pytest.mark.parametrize("slow_s", [0.3, 8.0])
def test_a_write_that_the_end_meets_is_finished_or_unconfirmed_but_never_called_done(
    tmp_path: Path, machine: CountingMachine, slow_s: float
) -> None:
    folder = tmp_path / "data"
    furnish(folder, [machine.port])
    answers: list[Any] = []
    with Program(folder) as program:
        program.until_it_answers()
        eventually(lambda: program.polls() >= 1)
        owner = Owner(program.port, program.jar)
        owner.sign_in()

        def write() -> None:
            try:
                answers.append(owner.write("hp-001", "temp_hot_water_target", 55))
            except OSError:
                answers.append(None)

        writing = threading.Thread(target=write)
        eventually(lambda: program.rows("SELECT count(*) FROM audit") == [(0,)])
        machine.delay_writes(slow_s)
        writing.start()
        eventually(lambda: program.rows("SELECT count(*) FROM audit") == [(1,)])
        assert program.end() == 0
        writing.join(30)
        machine.delay_writes(0)
        program.start()
        program.until_it_answers()
        eventually(lambda: program.rows("SELECT outcome FROM audit WHERE outcome IS NOT NULL"))
        outcome = program.rows("SELECT outcome FROM audit")[0][0]
        written = machine.writes == [(1032, (55,))]
        assert outcome in (("confirmed",) if slow_s < 1 else ("confirmed", "unconfirmed"))
        assert written or outcome == "unconfirmed"
        told_done = answers and answers[0] is not None and answers[0].json().get("outcome") == "confirmed"
        assert not told_done or outcome == "confirmed"
        assert program.end() == 0
