"""From the command to the first page and the first stored reading, and what the running product weighs."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from pathlib import Path

import requests

from bench.figures import Figure
from drivers.catalogue import Catalogue
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant

HEAT_PUMPS = 4
RUN_S = 45.0
"""Long enough for every thread to have polled and every page to have been made once."""


def measure() -> list[Figure]:
    model = Catalogue().find("idm", "navigator_2_0")
    assert model is not None
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory()))
        for seed in range(1, HEAT_PUMPS + 1):
            simulator = ModbusSimulator(model, model.default_options(), Plant(seed, start=time.time()), delay_s=0.02)
            simulator.start()
            ending.callback(simulator.stop)
            _run("add", model.name, f"127.0.0.1:{simulator.port}", "--data", str(folder))
        _run("user", "add", "owner", "--role", "owner", "--password-stdin", "--data", str(folder), text="long enough\n")
        port = _free_port()
        begun = time.perf_counter()
        command = [sys.executable, "run.py", "serve", "--port", str(port), "--data", str(folder)]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        ending.callback(process.wait)
        ending.callback(process.terminate)
        page_s = _first_page(port, begun)
        reading_s = _first_reading(folder / "monitor.db", begun)
        floor_s = _bare_interpreter_s()
        _look_at_every_page(port, RUN_S)
        resident_mb = _resident_mb(process.pid)
        begun = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        code = process.wait()
        end_s = time.perf_counter() - begun
    return [
        Figure("command to first page", page_s, "s", 1.0),
        Figure("command to first stored reading", reading_s, "s", 2.0),
        Figure("first page / start of a bare interpreter", page_s / floor_s, "x"),
        Figure(f"resident memory with {HEAT_PUMPS} heat pumps", resident_mb, "MB", 80),
        Figure("SIGTERM to the end", end_s, "s", 3.0),
        Figure("exit code", code, "", 0),
    ]


def _run(*arguments: str, text: str | None = None) -> None:
    subprocess.run([sys.executable, "run.py", *arguments], check=True, input=text, text=True, capture_output=True)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _first_page(port: int, begun: float) -> float:
    while True:
        try:
            requests.get(f"http://127.0.0.1:{port}/login", timeout=5).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.005)
        else:
            return time.perf_counter() - begun


def _first_reading(path: Path, begun: float) -> float:
    with closing(sqlite3.connect(path)) as db:
        while not db.execute("SELECT 1 FROM polls LIMIT 1").fetchone():
            time.sleep(0.005)
    return time.perf_counter() - begun


def _look_at_every_page(port: int, seconds: float) -> None:
    """Sign in and look around, as somebody would in these seconds."""
    site = f"http://127.0.0.1:{port}"
    with requests.Session() as session:
        page = session.get(f"{site}/login", timeout=10).text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        form = {"csrf_token": token[1], "username": "owner", "password": "long enough"}
        session.post(f"{site}/login", data=form, timeout=10).raise_for_status()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for path in ("/", "/heatpumps/hp-001", "/heatpumps/hp-002", "/api/data", "/heatpumps/add"):
                session.get(f"{site}{path}", timeout=10).raise_for_status()
            time.sleep(1)


def _resident_mb(process_id: int) -> float:
    for line in Path(f"/proc/{process_id}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise ValueError("no VmRSS")


def _bare_interpreter_s() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - begun
