"""CPU time that judging 1,000 rules adds to a poll of one of 50 heat pumps, and a back-test over 90 days of four."""

from __future__ import annotations

import queue
import tempfile
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from app.alert import Condition
from app.config import Config
from app.polling import pipeline
from app.polling.upkeep import Upkeep
from app.reading import Column, Reading
from app.services import backtest, channels
from app.services import heatpumps as owners
from app.store import alerts, heatpumps, readings
from app.store.alerts import Alert
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from bench.figures import Figure
from bench.generated import DAY_S, START, WORDS, heat_pump
from bench.overview import HEAT_PUMPS, furnish
from drivers.base import Answer, Sample
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout

RULES, ROUNDS = 1000, 40
PUMPS, STEP_S = 4, 30
MESSAGES = 8


def measure() -> list[Figure]:
    figures = []
    for spread in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            system = assemble(Config(Path(folder)))
            furnish(system)
            _rules(system, spread)
            with_s, without_s = _poll_s(system, True), _poll_s(system, False)
            system.database.close()
        named = "20 per heat pump" if spread else "all for every heat pump"
        figures.append(Figure(f"{RULES} rules, {named}: CPU per poll", (with_s - without_s) * 1000, "ms", 5))
        figures.append(Figure(f"{RULES} rules, {named}: poll / poll without", with_s / without_s, "x"))
    return [*figures, _leaving(), *_back_tests()]


def _leaving() -> Figure:
    """From the reading that opens an event until a web server on the loopback has its message; the worst of several."""
    arrived = queue.Queue[float]()

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrived.put(time.perf_counter())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quietly."""

    seconds = []
    with tempfile.TemporaryDirectory() as folder, ThreadingHTTPServer(("127.0.0.1", 0), Take) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        system = assemble(Config(Path(folder)))
        url = f"http://127.0.0.1:{server.server_address[1]}"
        channels.add(system, {"kind": "webhook", "fields": {"url": url}})
        sent = {"name": "House", "manufacturer": "idm", "model": "navigator_2_0", "enabled": False}
        pump = owners.add(system, sent | {"connection_config": {"host": "127.0.3.1"}})
        condition = Condition("threshold", "temp_flow", "above", 40.0)
        with system.database.transaction() as db:
            for number in range(MESSAGES):
                limit = replace(condition, value=40.0 + number)
                alerts.add(db, Alert(0, None, None, "x", (limit,), 0, "warning", None, "", True), 0)
        system.sender.start()
        time.sleep(3)  # a program that has just begun loads what sending needs
        start = int(time.time()) - MESSAGES
        for number in range(MESSAGES):
            reading = Reading(pump.id, start + number, (Column("temp_flow", "°C", "float64"),), (40.5 + number,))
            begun = time.perf_counter()
            pipeline.keep(system.database, reading, watch=(system.watch, pump))
            seconds.append(arrived.get(timeout=30) - begun)
        system.sender.stop()
        system.sender.ended(5)
        system.database.close()
        server.shutdown()
    return Figure("from the reading to the message at its receiver, worst", max(seconds), "s", 2)


def _back_tests() -> list[Figure]:
    """Rules of every kind over 90 days of four heat pumps that are read every 30 s, most days closed."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        config = Config(Path(folder))
        system = assemble(config)
        now = _history(system)
        system.clock = lambda: now
        kinds = {
            "threshold with hysteresis": (Condition("threshold", "temp_0", "above", 30.0, hysteresis=2.0),),
            "two sensors and a state": (
                Condition("threshold", "temp_0", "above", 1.0, against="temp_1"),
                Condition("state", "mode_74", "is", words=("heating",)),
            ),
            "rate": (Condition("rate", "temp_0", "falls", 3.0, window_s=1800),),
            "starts per day": (Condition("counter", "switch_73", value=10.0, window_s=86400),),
            "no data": (Condition("no_data", "temp_0", window_s=1800),),
        }
        for name, conditions in kinds.items():
            alert = Alert(0, None, None, name, conditions, 600, "warning", None, "", True)
            begun = time.perf_counter()
            tested = backtest.run(system, alert)
            seconds = time.perf_counter() - begun
            assert len(tested) == PUMPS
            assert not any(each.lacking for each in tested), tested
            figures.append(Figure(f"back-test over 90 days, {PUMPS} heat pumps: {name}", seconds, "s", 5))
        system.database.close()
    return figures


def _history(system: System) -> int:
    """90 days of history; the last day lies in rows, as it does in real life. Its end, in UTC seconds."""
    times = START + STEP_S * np.arange(90 * DAY_S // STEP_S, dtype=np.int64)
    wanted = {0, 1, 2, 3, 73, 74, 75, 76}  # some temperatures, a word, a switch: a row is not longer to read for others
    words = dict(enumerate(WORDS))
    for number in range(PUMPS):
        sent = {"name": f"House {number}", "manufacturer": "idm", "model": "navigator_2_0", "enabled": False}
        pump = owners.add(system, sent | {"connection_config": {"host": f"127.0.2.{number}"}})
        courses = [each for place, each in enumerate(heat_pump(number, times)) if place in wanted]
        columns = tuple(each.column for each in courses)
        lists = [
            [words[int(value)] for value in each.values.tolist()]
            if each.column.storage == "text"
            else each.values.tolist()
            for each in courses
        ]
        with system.database.transaction() as db:
            for at, *values in zip(times.tolist(), *lists, strict=True):
                readings.add(db, Reading(pump.id, at, columns, tuple(values)))
    upkeep = Upkeep(system.database, ZoneInfo(system.config.timezone), lambda: float(times[-1]))
    upkeep.run(gently=False)
    return int(times[-1])


def _rules(system: System, spread: bool) -> None:
    pumps = heatpumps.all_of_them(system.database.connection())
    model = system.catalogue.find("idm", "navigator_2_0")
    assert model is not None
    numbers = [s.id for s in model.sensors(pumps[0].options, ("fast",)) if s.kind == "number" and not s.optional]
    with system.database.transaction() as db:
        for number in range(RULES):
            sensor = numbers[number // HEAT_PUMPS % len(numbers)] if spread else numbers[number % len(numbers)]
            kinds = (
                (Condition("threshold", sensor, "above", 90.0 + number, hysteresis=2.0),),
                (Condition("threshold", sensor, "below", -90.0, against="temp_outside"), Condition("error")),
                (Condition("rate", sensor, "rises", 20.0, window_s=600),),
                (Condition("counter", "compressor_on", value=40.0, window_s=86400),),
                (
                    Condition("state", "operating_mode", "is", words=("defrost",)),
                    Condition("no_data", sensor, window_s=900),
                ),
            )
            pump = pumps[number % HEAT_PUMPS].id if spread else None
            alert = Alert(0, pump, None, f"rule {number}", kinds[number % 5], 600, "warning", None, "", True)
            alerts.add(db, alert, 0)


def _poll_s(system: System, watched: bool) -> float:
    """Median CPU time of keeping one reading."""
    pumps = heatpumps.all_of_them(system.database.connection())
    seconds = []
    begun = int(time.time()) + (60 if watched else 6000)
    for round_ in range(ROUNDS):
        pump = pumps[round_ % 4]
        reading = _reading(system, pump, begun + 30 * round_)
        watch = (system.watch, pump) if watched else None
        started = time.thread_time()
        pipeline.keep(system.database, reading, watch=watch)
        seconds.append(time.thread_time() - started)
    return sorted(seconds[8:])[len(seconds[8:]) // 2]  # the first ones read the rules


def _reading(system: System, pump: HeatPump, at: int) -> Reading:
    model = system.catalogue.find(pump.manufacturer, pump.model)
    assert model is not None
    sensors = [sensor for sensor in model.sensors(pump.options, ("fast",)) if not sensor.optional]
    readout = Readout(model, pump.options, Plant(1, start=at))
    return pipeline.reading_of(
        pump.id, at, sensors, Answer({sensor.id: Sample(readout.value(sensor.id), None) for sensor in sensors})
    )
