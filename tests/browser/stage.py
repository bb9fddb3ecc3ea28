"""A whole installation on the loopback: simulated heat pumps, the poller, and the web server in threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from app import create_app
from app.commands.serve import WEB_THREADS
from app.config import Config
from app.polling import pipeline
from app.services import accounts, heatpumps
from app.store import readings
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from drivers.base import Answer, Sample
from drivers.model import Model
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout

MODEL = ("idm", "navigator_2_0")
USER, PASSWORD = "berta", "a long pass phrase"
PAST_STEP_S = 120


@dataclass
class Stage:
    """`address` is where the browser goes; what is entered into `ending` ends with the stage."""

    system: System
    address: str
    ending: ExitStack = field(repr=False)

    @property
    def model(self) -> Model:
        found = self.system.catalogue.find(*MODEL)
        assert found is not None
        return found

    def simulator(self, seed: int = 1, options: dict[str, list[str]] | None = None, **more: Any) -> ModbusSimulator:
        """A simulated heat pump that answers on a port of its own."""
        plant = more.pop("plant", None) or Plant(seed, start=self.system.clock())
        made = ModbusSimulator(self.model, options or {"circuits": ["A"], "zones": []}, plant, **more)
        return self.ending.enter_context(made)

    def sign_up(self) -> None:
        accounts.create_first(self.system, USER, PASSWORD)

    def add(self, name: str, port: int, options: dict[str, list[str]] | None = None, **more: Any) -> HeatPump:
        manufacturer, model = MODEL
        sent = {
            "name": name,
            "manufacturer": manufacturer,
            "model": model,
            "connection_config": {"host": "127.0.0.1", "port": port, "timeout": 1},
            "device_config": {"circuits": ["A"], "zones": [], **(options or {})},
            **more,
        }
        return heatpumps.add(self.system, sent)

    def live_through(
        self, pump: HeatPump, plant: Plant, end: int, silent: Sequence[tuple[int, int]] = (), step_s: int = PAST_STEP_S
    ) -> None:
        """Keep what polls up to `end` would have read, but nothing in the silent times."""
        readout = Readout(self.model, pump.options, plant)
        sensors = [sensor for sensor in self.model.sensors(pump.options) if sensor.id in readout.sensors]
        fast = [sensor for sensor in sensors if sensor.tier == "fast"]
        polled = []
        for count, at in enumerate(range(int(plant.at), end, step_s)):
            plant.advance(at)
            asked = sensors if count % 5 == 0 else fast
            if not any(start <= at < stop for start, stop in silent):
                answer = Answer({sensor.id: Sample(readout.value(sensor.id), None) for sensor in asked})
                polled.append(pipeline.reading_of(pump.id, at, asked, answer))
        with self.system.database.transaction() as db:
            for reading in polled:
                readings.add(db, reading)
        for reading in polled[-5:]:
            self.system.latest.put(reading)


@contextmanager
def staged(folder: Path, interval: float = 1.0) -> Iterator[Stage]:
    """The installation in this folder, running; it ends with the block."""
    system = assemble(Config(folder, interval=interval, slow_interval=5.0))
    app = create_app(system, "a secret for this test only")
    server = create_server(app, host="127.0.0.1", port=0, threads=WEB_THREADS)
    thread = threading.Thread(target=server.run, name="web-server")
    thread.start()
    with ExitStack() as ending:
        system.start()
        try:
            yield Stage(system, f"http://127.0.0.1:{server.effective_port}", ending)
        finally:
            server.task_dispatcher.shutdown(timeout=5)  # requests that are under way are answered first
            # closed by its own loop, which would stumble over sockets that vanish under it
            server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
            thread.join(10)
            system.stop(5)
