"""Heat pumps move into the demo one after the other: each with its whole past, or not at all."""

from __future__ import annotations

import json
import logging
import pickle
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.calendar import DAY_S
from app.commands.demo import diary, houses, past, verdicts
from app.commands.demo import process as process_module
from app.commands.demo.past import DAYS, Life, Order
from app.commands.demo.words import Language, said
from app.services import heatpumps
from app.services.heatpump_content import checked
from app.store import heatpumps as kept
from app.store import laying, settings_log
from app.store.heatpumps import HeatPump
from app.system import System
from drivers import limits
from drivers.base import simulated_place
from drivers.errors import OutOfRange
from drivers.model import Model
from drivers.sensor import Options
from drivers.simulators.base import Simulator
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from drivers.simulators.simulator import readout_of, simulator_of

ROOT = Path(__file__).parents[3]
PROCESSES = 2
SAVE_EVERY_S = 60.0
STATES = "simulated"
"""In the data folder: how each simulated house stands, so that the next start goes on from there."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _House:
    plant: Plant
    begun: int


class MovingIn:
    """`number` heat pumps in all, those that are there already included; everything ends with `ending`.

    Each has lived through the last `days` when it comes; its owner writes in this language.
    """

    def __init__(self, system: System, number: int, ending: ExitStack, language: Language, days: int = DAYS) -> None:
        self._system = system
        self._language = language
        self._ending = ending
        self._days = days
        self._stopping = threading.Event()
        self._known = heatpumps.all_of_them(system)
        self._orders: queue.Queue[tuple[Order, Future[Life]]] = queue.Queue()
        self._coming: list[tuple[Order, Future[Life]]] = []
        self._processes: list[subprocess.Popen[bytes]] = []
        self._houses: dict[str, _House] = {}
        self._thread = threading.Thread(target=self._go_on, name="moving-in")
        now = int(system.clock())
        for place in range(number - len(self._known)):
            order = self._order(self._next_number() + place, now)
            self._coming.append((order, Future()))
        ending.callback(self._save)
        ending.callback(self._stop)

    @property
    def coming(self) -> int:
        """How many are still to come."""
        return len(self._coming)

    def begin(self, at_once: int) -> None:
        """Bring back those that are there already, and wait for the first `at_once` of the others."""
        for each in self._coming:
            self._orders.put(each)
        for _ in range(min(PROCESSES, len(self._coming))):
            thread = threading.Thread(target=self._work, name="living-through-the-past", daemon=True)
            thread.start()
        for pump in self._known:
            self._come_back(pump)
        while self._coming and at_once:
            self._next()
            at_once -= 1
        self._save()

    def go_on(self) -> None:
        """Let the others come in the background, and remember the houses now and then."""
        self._ending.callback(self._end_thread)
        self._thread.start()

    def _go_on(self) -> None:
        begun = time.monotonic()
        while self._coming and not self._stopping.is_set():
            try:
                self._next()
            except Exception:  # the edge of a thread: those that live here already go on
                if not self._stopping.is_set():
                    log.exception("a simulated heat pump could not move in")
                return
            if not self._coming or not self._coming[0][1].done():
                self._system.daily.run(gently=False)
                self._system.glance.refresh(gently=False)
            if not self._coming:
                log.info("all simulated heat pumps are there, %.0f s later", time.monotonic() - begun)
            self._save()
        if not self._known and not self._stopping.is_set():
            diary.lay_out(self._system, self._language)
        while not self._stopping.wait(SAVE_EVERY_S):
            self._save()

    def _next_number(self) -> int:
        return max((_number(pump) for pump in self._known), default=0) + 1

    def _order(self, number: int, now: int) -> Order:
        house = houses.house(number)
        model = self._system.catalogue.named(house.model)
        assert model is not None
        options = model.default_options() | {name: list(parts) for name, parts in house.parts}
        return Order(number, house.model, options, now, self._system.config.timezone, self._days)

    def _next(self) -> None:
        order, life = self._coming[0]
        self._move_in(order, life.result())
        self._coming.pop(0)

    def _move_in(self, order: Order, life: Life) -> None:
        """All of its past in one transaction; then its machine answers, and is polled."""
        system, number = self._system, order.number
        model = system.catalogue.named(order.model)
        assert model is not None
        plant = Plant(number, houses.parameters(number), start=life.end, ailments=houses.ailments(number, order.now))
        plant.take_up(life.state)
        changes = past.changes_of(number, order.now)
        written = {change.sensor: change.value for _, change in changes}
        connection = self._machine(model, order.options, plant, written, offline=life.end < order.now)
        sent = {
            "name": said(houses.house(number).name, self._language) + _again(number),
            "manufacturer": model.manufacturer,
            "model": model.id,
            "device_config": order.options,
            "connection_config": connection,
        }
        content = checked(system.catalogue, sent)
        with system.database.transaction() as db:
            pump = HeatPump(
                kept.new_id(db),
                content.name,
                model.manufacturer,
                model.id,
                content.connection,
                content.settings,
                True,
                life.begin,
                life.begin,
            )
            kept.put(db, pump)
            laying.keep(db, pump.id, life.packed)
            lost_at = life.end if life.end < order.now else None
            diary.tell_outages(db, pump, past.silent(number, order.now), lost_at)
            diary.keep(db, pump, number, life, changes, self._language)
            verdicts.keep(system, db, pump)
            diary.mind(db, pump, self._language)
        self._houses[pump.id] = _House(plant, order.now)
        system.latest.take(system.database.connection(), pump.id)
        for reading in life.tail:
            system.latest.half_hour.put(replace(reading, heatpump_id=pump.id))
        diary.answer(system, pump)
        if number == 1:
            diary.plan(system, pump, self._language)

    def _come_back(self, pump: HeatPump) -> None:
        """Let a house live on from where it was left, and keep what would have been read meanwhile."""
        system, number, now = self._system, _number(pump), int(self._system.clock())
        model = system.catalogue.named(f"{pump.manufacturer}/{pump.model}")
        assert model is not None
        state = self._saved(pump)
        begun = state["begun"] if state is not None else now
        seen = system.latest.last_seen(pump.id) or now - DAYS * DAY_S
        offline = houses.house(number).story == "offline" and state is not None
        start = now if offline else max(now - DAYS * DAY_S, min(seen, now))
        plant = Plant(number, houses.parameters(number), start=start, ailments=houses.ailments(number, begun))
        if state is not None:
            plant.take_up(state["plant"])
        if not offline:
            readout = readout_of(simulator_of(model, pump.options, plant))
            self._set(readout, pump)
            times = past.times(seen + past.STEP_S, now, (0, 0))
            watched = past.watched(model, pump.options, readout, times)
            with system.database.transaction() as db:
                laying.keep(db, pump.id, laying.pack(watched, []))
            plant.advance(now)
        connection = self._machine(model, pump.options, plant, self._settings(pump), offline=offline)
        heatpumps.change(system, pump.id, {"connection_config": connection})
        system.latest.take(system.database.connection(), pump.id)
        self._houses[pump.id] = _House(plant, begun)

    def _machine(
        self, model: Model, options: Options, plant: Plant, written: Mapping[str, Any], *, offline: bool
    ) -> dict[str, Any]:
        """Its simulator, as it was set, on a port of its own; or a port where nobody listens."""
        if offline:
            return {"host": "127.0.0.1", "port": self._ending.enter_context(closing(_deaf())).getsockname()[1]}
        simulator: Simulator = simulator_of(model, options, plant)
        _write(readout_of(simulator), written)
        port = simulator.start()
        self._ending.callback(simulator.stop)
        return (
            simulated_place(simulator.host, port)
            if model.connection.is_cloud
            else {
                "host": simulator.host,
                "port": port,
            }
        )

    def _settings(self, pump: HeatPump) -> dict[str, Any]:
        """What the settings of the heat pump were when they were last read."""
        known = settings_log.known(self._system.database.connection(), pump.id)
        return {sensor: each.value for sensor, each in known.items()}

    def _set(self, readout: Readout, pump: HeatPump) -> None:
        _write(readout, self._settings(pump))

    def _work(self) -> None:
        """One process after another order until there are no more."""
        process = subprocess.Popen(
            [sys.executable, "-m", process_module.__name__],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # Ctrl-C is not for it: whoever began it ends it
        )
        self._processes.append(process)
        if self._stopping.is_set():  # the end came while it was being made
            process.kill()
        assert process.stdin is not None and process.stdout is not None
        with process:
            while not self._stopping.is_set():
                try:
                    order, life = self._orders.get_nowait()
                except queue.Empty:
                    break
                try:
                    pickle.dump(order, process.stdin)
                    process.stdin.flush()
                    life.set_result(pickle.load(process.stdout))  # noqa: S301 - our own process
                except Exception as error:  # noqa: BLE001 - whoever waits for it shall hear of it
                    life.set_exception(error)
                    break
            process.stdin.close()

    def _path(self, heatpump_id: str) -> Path:
        return self._system.config.folder / STATES / f"{heatpump_id}.json"

    def _saved(self, pump: HeatPump) -> dict[str, Any] | None:
        try:
            found = json.loads(self._path(pump.id).read_text(encoding="utf-8"))
            Plant(1, start=found["plant"]["at"]).take_up(found["plant"])
        except (OSError, ValueError, KeyError, TypeError):
            return None  # a folder of an older demo: the house begins anew
        return {"begun": int(found["begun"]), "plant": found["plant"]}

    def _save(self) -> None:
        for heatpump_id, house in list(self._houses.items()):
            path = self._path(heatpump_id)
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_text(json.dumps({"begun": house.begun, "plant": house.plant.state()}), encoding="utf-8")
            part.replace(path)

    def _stop(self) -> None:
        self._stopping.set()
        for process in self._processes:
            process.kill()

    def _end_thread(self) -> None:
        self._stop()
        self._thread.join()


def _write(readout: Readout, settings: Mapping[str, Any]) -> None:
    """Set the machine so, as far as it is not."""
    for sensor_id, value in settings.items():
        sensor = readout.sensors.get(sensor_id)
        if sensor is None or sensor.write is None or readout.value(sensor_id) == value:
            continue
        try:
            limits.check(sensor, value)
            readout.write(sensor, value)
        except OutOfRange:
            continue  # the machine has it so, though it could not be set so


def _number(pump: HeatPump) -> int:
    return int(pump.id.removeprefix("hp-"))


def _again(number: int) -> str:
    """The second one of a house is told apart."""
    return f" {(number - 1) // len(houses.HOUSES) + 1}" if number > len(houses.HOUSES) else ""


def _deaf() -> socket.socket:
    """A port that is taken, and where nobody listens: whoever knocks is refused."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken
