"""The program as a service runs it: a process of its own on a folder, heat pumps on sockets, faults from outside."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import requests
import requests.cookies

from app.config import Config
from app.services import accounts, heatpumps
from app.system import assemble
from tests.waiting import eventually

RUN = [sys.executable, str(Path(__file__).parents[2] / "run.py")]
OWNER, PASSWORD = "anna", "a long enough password"
IDM = "idm/navigator_2_0"

Found = TypeVar("Found")


class Program:
    """`serve` on a folder. What it says goes to `said`; it is killed at the end of the `with`."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None, *, running: bool = True) -> None:
        self.folder = folder
        self.jar = requests.cookies.RequestsCookieJar()
        """Of its owner; sessions outlive the process."""
        self._running = running
        self.port = free_port()
        self.process: subprocess.Popen[str] | None = None
        self.said: list[str] = []
        self._environment = dict(environment or {})

    def __enter__(self) -> Program:
        if self._running:
            self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        command = [*RUN, "serve", "--port", str(self.port), "--data", str(self.folder)]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | self._environment,
        )
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()

    def kill(self) -> None:
        """At once, without a word."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(20)

    def end(self) -> int:
        """As systemd asks for it; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def until_it_answers(self) -> None:
        eventually(lambda: self.get("/healthz/live"))

    def get(self, path: str = "/healthz") -> requests.Response | None:
        try:
            return requests.get(f"http://127.0.0.1:{self.port}{path}", timeout=10)
        except requests.RequestException:
            return None

    def rows(self, query: str = "SELECT count(*) FROM polls", *facts: object) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.folder / "monitor.db", timeout=20)) as db:
            return db.execute(query, facts).fetchall()

    def polls(self) -> int:
        return int(str(self.rows()[0][0]))

    def heard(self, words: str) -> bool:
        return any(words in line for line in self.said)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:
                self.said.append(line)


class Owner:
    """Somebody with a browser and an account."""

    def __init__(self, port: int, jar: requests.cookies.RequestsCookieJar) -> None:
        self._site = f"http://127.0.0.1:{port}"
        self._jar = jar

    def sign_in(self) -> None:
        if self.get("/api/data").ok:
            return  # still, from before
        fields = {"username": OWNER, "password": PASSWORD, "csrf_token": self._token("/login")}
        answer = requests.post(f"{self._site}/login", data=fields, cookies=self._jar, timeout=20, allow_redirects=False)
        self._jar.update(answer.cookies)

    def get(self, path: str) -> requests.Response:
        answer = requests.get(f"{self._site}{path}", cookies=self._jar, timeout=20)
        self._jar.update(answer.cookies)
        return answer

    def write(self, heatpump_id: str, sensor: str, value: object, timeout_s: float = 30) -> requests.Response | None:
        """None when the answer did not come in time."""
        head = {"X-CSRFToken": self._token("/")}
        address, content = f"{self._site}/api/control/{heatpump_id}", {"sensor": sensor, "value": value}
        try:
            return requests.post(address, json=content, headers=head, cookies=self._jar, timeout=max(0.05, timeout_s))
        except requests.Timeout:
            return None

    def _token(self, page: str) -> str:
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.get(page).text)
        assert found is not None
        return found.group(1)


def furnish(
    folder: Path, ports: list[int], *, interval: float = 1.0, model: str = IDM, writes_per_day: int = 24
) -> None:
    """An installation with an owner and a heat pump per port, polled every `interval` seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    manufacturer, _, name = model.partition("/")
    system = assemble(Config(folder))
    accounts.create_first(system, OWNER, PASSWORD)
    for number, port in enumerate(ports, 1):
        where = {"host": "127.0.0.1", "port": port, "timeout": 2}
        heatpumps.add(
            system,
            {
                "name": f"Gebäude {number}",
                "manufacturer": manufacturer,
                "model": name,
                "connection_config": where,
            },
        )
    system.database.close()
    (folder / "config.yaml").write_text(f"interval: {interval:g}\nwrites_per_day: {writes_per_day}\n", encoding="utf-8")


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
