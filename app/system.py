"""What the running product is made of, and who is being polled."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from app.config import Config
from app.polling.latest import Latest
from app.polling.nightly import CHECK_INTERVAL_S, NightlyBackup
from app.polling.poller import Poller
from app.polling.reader import Reader
from app.store import heatpumps
from app.store.database import Database
from app.store.heatpumps import HeatPump
from drivers.base import Connection
from drivers.catalogue import Catalogue
from drivers.errors import BadCatalogue
from drivers.registry import Drivers

WATCH_INTERVAL_S = 5.0
"""How soon a change that another process made to the list of heat pumps, such as `run.py add`, takes effect."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class System:
    """The parts, wired; nothing runs before `start`. `clock` gives UTC seconds."""

    config: Config
    database: Database
    catalogue: Catalogue
    clock: Callable[[], float] = time.time
    drivers: Drivers = field(default_factory=Drivers)
    latest: Latest = field(default_factory=Latest)
    poller: Poller = field(default_factory=Poller)
    unreadable: dict[str, str] = field(default_factory=dict)
    """Heat pumps that cannot be polled because of their catalogue file: id → what is wrong with it."""
    ending: threading.Event = field(default_factory=threading.Event)
    """Set when long work is to be given up because the program ends."""

    def start(self) -> None:
        self.latest.load(self.database.connection())
        self.poller.start()
        self.follow_the_list()
        self.poller.every(WATCH_INTERVAL_S, self.follow_the_list)
        nightly = self.nightly_backup()
        if nightly is not None:
            self.poller.every(CHECK_INTERVAL_S, nightly.make_when_due)

    def stop(self, grace_s: float) -> bool:
        """Finish running polls and close the database; False when some poll still hangs."""
        self.ending.set()
        finished = self.poller.stop(grace_s)
        self.database.close()
        return finished

    def nightly_backup(self) -> NightlyBackup | None:
        """The nightly backup of this installation; None when its settings ask for none."""
        config = self.config
        if config.backups is None:
            return None
        return NightlyBackup(
            config.folder,
            config.backups,
            config.backup_keep,
            config.timezone,
            self.clock,
            lambda: not self.ending.is_set(),
        )

    def follow_the_list(self) -> None:
        """Poll exactly the enabled heat pumps of the database, each as it is written there."""
        wanted = {pump.id: pump for pump in heatpumps.all_of_them(self.database.connection()) if pump.enabled}
        for heatpump_id, pump in self.poller.pumps().items():
            if wanted.get(heatpump_id) != pump:
                self.poller.remove(heatpump_id)
        for heatpump_id in set(wanted) - set(self.poller.pumps()):
            self._begin(wanted[heatpump_id])

    def _begin(self, pump: HeatPump) -> None:
        try:
            reader = self._reader(pump)
        except BadCatalogue as error:
            if self.unreadable.get(pump.id) != str(error):
                log.error("%s (%s) cannot be polled: %s", pump.id, pump.name, error)
            self.unreadable[pump.id] = str(error)
            return
        self.unreadable.pop(pump.id, None)
        self.poller.add(reader, pump.settings.get("interval", self.config.interval))

    def _reader(self, pump: HeatPump) -> Reader:
        model = self.catalogue.find(pump.manufacturer, pump.model)
        if model is None:
            raise BadCatalogue(f"{pump.manufacturer}/{pump.model} is not in the catalogue of this version")
        driver = self.drivers.open(model, connection_of(pump))
        return Reader(pump, model, driver, self.database, self.latest, self.config.slow_interval, self.clock)


def assemble(config: Config, clock: Callable[[], float] = time.time) -> System:
    """The parts of this installation, not running yet. Raises DatabaseUnusable."""
    return System(config, Database(config.database), Catalogue(), clock)


def connection_of(pump: HeatPump) -> Connection:
    where = pump.connection
    return Connection(where["host"], where["port"], where["unit_id"], where["timeout"])
