"""A VictoriaMetrics of its own on the loopback, to measure against. Debian's package brings the program."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import requests

PROGRAM = "victoria-metrics"
TIMEOUT_S = 600


class VictoriaMetrics:
    """One that runs; ends with `running`."""

    def __init__(self, port: int, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.folder = folder
        self.session = requests.Session()

    def import_series(self, name: str, heatpump_id: str, times: Iterable[int], values: Iterable[float]) -> None:
        line = {
            "metric": {"__name__": name, "heatpump_id": heatpump_id},
            "timestamps": [at * 1000 for at in times],
            "values": list(values),
        }
        self.session.post(f"{self.url}/api/v1/import", data=json.dumps(line), timeout=TIMEOUT_S).raise_for_status()

    def settle(self) -> None:
        """Everything on disk, and merged as it will be in time."""
        for path in ("/internal/force_flush", "/internal/force_merge"):
            self.session.get(f"{self.url}{path}", timeout=TIMEOUT_S).raise_for_status()
        before = -1
        while (now := self.bytes()) != before:
            before = now
            time.sleep(3)

    def bytes(self) -> int:
        found = 0
        for path in (self.folder / "data", self.folder / "indexdb"):
            for file in path.rglob("*"):
                try:
                    found += file.stat().st_size if file.is_file() else 0
                except FileNotFoundError:  # merged away meanwhile
                    continue
        return found

    def rollup(self, names: list[str], start: int, end: int, step_s: int) -> int:
        """min, mean and max per step, computed afresh; how many points came."""
        return self._range(
            f'rollup({{__name__=~"{"|".join(names)}",heatpump_id="hp-001"}}[{step_s}s])', start, end, step_s
        )

    def raw(self, names: list[str], start: int, end: int, step_s: int) -> int:
        return self._range(f'{{__name__=~"{"|".join(names)}",heatpump_id="hp-001"}}', start, end, step_s)

    def _range(self, query: str, start: int, end: int, step_s: int) -> int:
        asked: dict[str, str | int] = {
            "query": query,
            "start": start + step_s,
            "end": end,
            "step": step_s,
            "nocache": 1,
        }
        answer = self.session.get(f"{self.url}/api/v1/query_range", params=asked, timeout=TIMEOUT_S)
        answer.raise_for_status()
        return sum(len(each["values"]) for each in answer.json()["data"]["result"])


@contextmanager
def running(folder: Path) -> Iterator[VictoriaMetrics | None]:
    """None where it is not installed."""
    if shutil.which(PROGRAM) is None:
        yield None
        return
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen(
        [PROGRAM, f"-storageDataPath={folder}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=100y"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        victoria = VictoriaMetrics(port, folder)
        _wait_for(victoria)
        yield victoria
    finally:
        process.terminate()
        process.wait()


def _wait_for(victoria: VictoriaMetrics) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            victoria.session.get(f"{victoria.url}/health", timeout=5).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("VictoriaMetrics does not answer")
