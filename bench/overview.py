"""Server time of the overview with 50 heat pumps, beside an empty page of the same application."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from app.polling import pipeline
from app.reading import Reading
from app.services import accounts, heatpumps
from app.system import System, assemble
from bench.client import signed_in
from bench.figures import Figure
from drivers.base import Answer, Sample
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout

HEAT_PUMPS, ROUNDS = 50, 15


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        system = assemble(Config(Path(folder)))
        furnish(system)
        application = create_app(system, "bench")
        accounts.create_first(system, "owner", "long enough")
        client = signed_in(application)
        overview_s, empty_s, interface_s = (median_s(client, path) for path in ("/", "/healthz/live", "/api/data"))
        system.database.close()
    return [
        Figure(f"overview of {HEAT_PUMPS} heat pumps", overview_s * 1000, "ms", 100),
        Figure("overview / empty answer", overview_s / empty_s, "x"),
        Figure(f"/api/data of {HEAT_PUMPS} heat pumps", interface_s * 1000, "ms"),
    ]


def furnish(system: System) -> None:
    model = system.catalogue.find("idm", "navigator_2_0")
    assert model is not None
    now = int(time.time())
    options = model.default_options()
    sensors = [sensor for sensor in model.sensors(options) if not sensor.optional]
    readout = Readout(model, options, Plant(1, start=now))
    answer = Answer({sensor.id: Sample(readout.value(sensor.id), None) for sensor in sensors})
    for number in range(HEAT_PUMPS):
        sent = {"name": f"House {number}", "manufacturer": "idm", "model": "navigator_2_0"}
        pump = heatpumps.add(system, sent | {"connection_config": {"host": f"127.0.1.{number}"}, "enabled": False})
        reading: Reading = pipeline.reading_of(pump.id, now, sensors, answer)
        pipeline.keep(system.database, reading)
        for seconds in range(45 * 60, 0, -30):
            system.latest.half_hour.put(replace(reading, at=now - seconds))
        system.latest.put(reading)
    with system.database.transaction() as db:
        db.execute("UPDATE heatpumps SET enabled = 1")
    system.glance.refresh(gently=False)


def median_s(client: FlaskClient, path: str) -> float:
    seconds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        answer = client.get(path)
        seconds.append(time.perf_counter() - begun)
        assert answer.status_code == 200, f"{path} answers {answer.status_code}"
    return sorted(seconds)[ROUNDS // 2]
