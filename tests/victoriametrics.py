"""A real VictoriaMetrics on the loopback."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.tools import required


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """One VictoriaMetrics; it can be ended, killed and started again on the same port and folder."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._command = [
            program,
            f"-storageDataPath={folder}",
            f"-httpListenAddr=127.0.0.1:{self.port}",
            "-retentionPeriod=100y",
            "-memory.allowedBytes=64MB",
            "-loggerLevel=ERROR",
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while True:
            try:
                requests.get(f"{self.address}/health", timeout=5).raise_for_status()
            except requests.ConnectionError:
                assert time.monotonic() < deadline, "VictoriaMetrics does not start"
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def samples(self, box: str) -> dict[str, list[tuple[int, float]]]:
        """Everything of one box: "sensor" or "sensor state" → its (time, value) in order of time."""
        match = f'{{__name__=~"idm_heatpump_.+",box="{box}",asked!="{time.monotonic_ns()}"}}'
        answer = requests.post(f"{self.address}/api/v1/export", data={"match[]": match, "start": 0}, timeout=20)
        found: dict[str, list[tuple[int, float]]] = {}
        for text in answer.content.splitlines():
            line = json.loads(text)
            labels = line["metric"]
            name = f"{labels['__name__'].removeprefix('idm_heatpump_')} {labels.get('state', '')}".strip()
            times = (at // 1000 for at in line["timestamps"])
            found.setdefault(name, []).extend(zip(times, line["values"], strict=True))
        return {name: sorted(points) for name, points in found.items()}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Shared by all tests; each uses a box of its own."""
    running = Server(required("victoria-metrics", "victoria-metrics"), tmp_path_factory.mktemp("victoriametrics"))
    running.start()
    yield running
    running.stop()
