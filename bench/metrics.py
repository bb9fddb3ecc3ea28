"""Server time of /metrics with 50 heat pumps, beside an empty answer of the same application."""

from __future__ import annotations

import tempfile
from pathlib import Path

from app import create_app
from app.config import Config
from app.system import assemble
from bench.figures import Figure
from bench.overview import HEAT_PUMPS, furnish, median_s

TOKEN = "a-token-of-the-benchmark"


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        system = assemble(Config(Path(folder), metrics_token=TOKEN))
        furnish(system)
        client = create_app(system, "bench").test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
        metrics_s, empty_s = median_s(client, "/metrics"), median_s(client, "/healthz/live")
        content = client.get("/metrics").text
        system.database.close()
    samples = sum(not line.startswith("#") for line in content.splitlines())
    return [
        Figure(f"/metrics of {HEAT_PUMPS} heat pumps", metrics_s * 1000, "ms", 300),
        Figure("/metrics / empty answer", metrics_s / empty_s, "x"),
        Figure("samples in it", samples, ""),
        Figure("time per sample", metrics_s / samples * 1e6, "us"),
        Figure("size", len(content.encode()) / 1000, "kB"),
    ]
