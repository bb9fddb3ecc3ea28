"""A held value, over an end by SIGTERM and one by SIGKILL: real processes and a machine that outlives them."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import requests

from drivers.base import Connection
from drivers.registry import Drivers
from tests.catalogue import named
from tests.commands.test_processes import answers, call, free_port, simulated, start
from tests.waiting import eventually

__all__ = ["start"]

DEMAND = "temp_request_glt_heating"
PASSWORD = "a long pass phrase"


def test_a_held_value_rests_after_a_sigterm_and_comes_back_after_every_start(
    start: Callable[..., subprocess.Popen[str]],
    tmp_path: Path,
) -> None:
    machine, port = simulated(start), free_port()
    call("add", "idm/navigator_2_0", f"127.0.0.1:{machine}", "--data", tmp_path, "--offline")
    call("user", "add", "berta", "--role", "owner", "--password-stdin", "--data", tmp_path, text=PASSWORD)

    monitor = _serve(start, port, tmp_path)
    answer = _write(port, {"sensor": DEMAND, "value": 41})
    assert (answer.status_code, answer.json()["outcome"]) == (200, "confirmed")
    monitor.send_signal(signal.SIGKILL)
    monitor.wait(10)
    assert _demand(machine) == 41

    monitor = _serve(start, port, tmp_path)
    eventually(lambda: _demand(machine) == 41.1)
    monitor.send_signal(signal.SIGTERM)
    assert monitor.wait(10) == 0
    assert _demand(machine) == 0

    monitor = _serve(start, port, tmp_path)
    eventually(lambda: _demand(machine) in (41, 41.1))


def _serve(start: Callable[..., subprocess.Popen[str]], port: int, folder: Path) -> subprocess.Popen[str]:
    process = start("serve", "--port", port, "--data", folder)
    eventually(lambda: answers(port))
    return process


def _write(port: int, content: dict[str, object]) -> requests.Response:
    with requests.Session() as session:
        site = f"http://127.0.0.1:{port}"
        fields = {"username": "berta", "password": PASSWORD, "csrf_token": _token(session, f"{site}/login")}
        session.post(f"{site}/login", data=fields, timeout=10)
        head = {"X-CSRFToken": _token(session, site)}
        return session.post(f"{site}/api/control/hp-001", json=content, headers=head, timeout=30)


def _token(session: requests.Session, page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', session.get(page, timeout=10).text)
    assert found is not None
    return found.group(1)


def _demand(machine: int) -> object:
    """What the machine holds, asked by a driver of our own."""
    model = named("idm/navigator_2_0")
    driver = Drivers().open(model, Connection("127.0.0.1", machine, 1, 5))
    try:
        return driver.read([model.every_sensor[DEMAND]]).values[DEMAND]
    finally:
        driver.close()
