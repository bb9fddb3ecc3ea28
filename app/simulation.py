"""Simulated heat pumps that live inside this program, behind real sockets on this computer."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from app.store import heatpumps, simulated
from app.store.database import Database
from app.store.simulated import Life
from drivers.catalogue import Catalogue
from drivers.errors import BadCatalogue
from drivers.model import Model
from drivers.sensor import Options

if TYPE_CHECKING:
    from drivers.simulators.base import Simulator

DAY_S = 86_400

log = logging.getLogger(__name__)


class Simulation:
    """Those of the database, each with a simulator of its own. `clock` gives UTC seconds."""

    def __init__(self, database: Database, catalogue: Callable[[], Catalogue], clock: Callable[[], float]) -> None:
        self._database = database
        self._catalogue = catalogue
        self._clock = clock
        self._turn = threading.Lock()
        self._running: dict[str, Simulator] = {}
        self._ending = threading.Event()

    def ids(self) -> frozenset[str]:
        """The heat pumps that are simulated, whether they answer yet or not."""
        return frozenset(simulated.all_of_them(self._database.connection()))

    def awaited(self) -> frozenset[str]:
        """Those that live through their past and do not listen yet: asking them would only find them lost."""
        return self.ids() - frozenset(self._running.copy())

    def serve(self, model: Model, options: Options, life: Life) -> Simulator:
        """A machine that has lived until now, listening on a port of its own. Takes 40 ms per day of its life."""
        from drivers.simulators.plant import Plant  # who simulates nothing need not carry it
        from drivers.simulators.simulator import simulator_of

        plant, now = Plant(life.seed, start=life.born_at), self._clock()
        while plant.at + DAY_S < now and not self._ending.is_set():
            plant.advance(plant.at + DAY_S)
        if not self._ending.is_set():
            plant.advance(now)
        made = simulator_of(model, options, plant)
        made.start()
        return made

    def take(self, heatpump_id: str, simulator: Simulator, life: Life) -> None:
        """From now on this heat pump is that simulator, also after a restart."""
        with self._turn:
            with self._database.transaction() as db:
                simulated.put(db, heatpump_id, life)
            self._running[heatpump_id] = simulator

    def follow(self) -> None:
        """Serve exactly the simulated heat pumps of the database. Raises nothing."""
        with self._turn:
            if self._ending.is_set():
                return
            try:
                wanted = simulated.all_of_them(self._database.connection())
                for heatpump_id in set(self._running) - set(wanted):
                    self._running.pop(heatpump_id).stop()
                for heatpump_id in set(wanted) - set(self._running):
                    self._begin(heatpump_id, wanted[heatpump_id])
            except (sqlite3.Error, OSError, BadCatalogue) as error:
                log.error("a simulated heat pump cannot be served: %s", error)

    def stop(self) -> None:
        self._ending.set()
        with self._turn:
            for simulator in self._running.values():
                simulator.stop()
            self._running.clear()

    def _begin(self, heatpump_id: str, life: Life) -> None:
        """Its port is another one after every start, so its address follows."""
        pump = heatpumps.find(self._database.connection(), heatpump_id)
        model = None if pump is None else self._catalogue().find(pump.manufacturer, pump.model)
        if pump is None or model is None:
            return
        simulator = self.serve(model, pump.options, life)
        self._running[heatpump_id] = simulator
        with self._database.transaction() as db:
            heatpumps.put(db, replace(pump, connection={**pump.connection, **address_of(simulator)}))


def address_of(simulator: Simulator) -> Mapping[str, str | int]:
    return {"host": simulator.host, "port": simulator.port}
