"""Server time of a heat pump's page, its live values and its small trends, with a year of history behind it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from app import calendar, create_app
from app.config import Config
from app.polling import pipeline
from app.reading import Reading
from app.services import accounts, heatpumps, trends, values
from app.store import readings
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from bench.client import signed_in
from bench.figures import Figure
from bench.overview import median_s
from drivers.base import Answer, Sample
from drivers.model import Model
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout

DAYS, DENSE_DAYS = 365, 2
DAY_S, STEP_S, DENSE_STEP_S = 86_400, 900, 30
"""The last days as a monitor polls; those before coarser, because a page reads of them only the kept figures."""
LAST_MINUTES_S = 600
"""It is ten to midnight, when the day that is not closed yet is longest."""
SENSORS = 100
ROUNDS = 15
OPTIONS = {"circuits": ["A", "B", "C"], "zones": ["1"]}


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        system = assemble(Config(Path(folder)))
        model = system.catalogue.find("idm", "navigator_2_0")
        assert model is not None
        pump = _furnished(system, model)
        application = create_app(system, "bench")
        accounts.create_first(system, "owner", "long enough")
        client = signed_in(application)
        page = f"/heatpumps/{pump.id}"
        paths = (page, f"/api/data/{pump.id}", f"/api{page}/trends", f"{page}/analysis", "/api/writing")
        page_s, data_s, trends_s, analysis_s, empty_s = (median_s(client, path) for path in paths)
        numbers = [each for each in values.of(system, pump, model) if isinstance(each.value, int | float)]
        hundred_s = _median_s(lambda: trends.of(system, pump, numbers[:SENSORS]))
        system.database.close()
    return [
        Figure("page of a heat pump with a year of history", page_s * 1000, "ms", 250),
        Figure("page of a heat pump / empty answer", page_s / empty_s, "x"),
        Figure(f"24 h of {min(SENSORS, len(numbers))} sensors, by the hour", hundred_s * 1000, "ms", 50),
        Figure(f"its small trends as an answer ({len(numbers)} sensors)", trends_s * 1000, "ms"),
        Figure("its live values and picture as an answer", data_s * 1000, "ms", 20),
        Figure("its analysis of the year", analysis_s * 1000, "ms"),
    ]


def _furnished(system: System, model: Model) -> HeatPump:
    zone = ZoneInfo(system.config.timezone)
    now = calendar.begin(int(time.time()), "day", zone) - LAST_MINUTES_S
    system.clock = lambda: now
    sent = {"name": "House", "manufacturer": model.manufacturer, "model": model.id, "device_config": OPTIONS}
    pump = heatpumps.add(system, sent | {"connection_config": {"host": "127.0.1.1"}, "enabled": False})
    last = None
    with system.database.transaction() as db:
        for last in _lived(model, pump, now):
            readings.add(db, last)
    assert last is not None
    system.latest.put(last)
    with system.database.transaction() as db:
        db.execute("UPDATE heatpumps SET enabled = 1")
    system.upkeep.run(gently=False)
    system.daily.run(gently=False)
    system.glance.refresh(gently=False)
    return heatpumps.get(system, pump.id)


def _lived(model: Model, pump: HeatPump, now: int) -> Iterator[Reading]:
    begin = now - DAYS * DAY_S
    plant = Plant(1, start=begin)
    readout = Readout(model, pump.options, plant)
    sensors = [sensor for sensor in model.sensors(pump.options) if not sensor.optional]
    at = begin
    while at < now:
        at += DENSE_STEP_S if at >= now - DENSE_DAYS * DAY_S else STEP_S
        plant.advance(at)
        answer = Answer({sensor.id: Sample(readout.value(sensor.id), None) for sensor in sensors})
        yield pipeline.reading_of(pump.id, at, sensors, answer)


def _median_s(call: Callable[[], object]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begun)
    return sorted(seconds)[ROUNDS // 2]
