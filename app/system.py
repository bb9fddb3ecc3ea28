"""What the running product is made of, and who is being polled."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.analysis.fitting import Machine
from app.config import SECRETS, Config
from app.log_tail import LogTail
from app.notify.life_sign import LifeSign
from app.notify.sender import Sender
from app.polling import holding, usual_rules
from app.polling.behaviour import Behaviour
from app.polling.daily import DailyFigures
from app.polling.glance import Glance
from app.polling.holding import Holding
from app.polling.latest import Latest
from app.polling.machine import machine_of
from app.polling.metering import Metering
from app.polling.nightly import CHECK_INTERVAL_S, NightlyBackup
from app.polling.poller import BACKGROUND, GLANCE, Poller
from app.polling.reader import Forwarding, Reader
from app.polling.roster import Roster
from app.polling.upkeep import Upkeep
from app.polling.watch import Watch
from app.simulation import Simulation
from app.store import audit, metering, upgrading
from app.store.channel_secrets import OF_METERS, ChannelSecrets
from app.store.database import Database, explaining
from app.store.heatpumps import HeatPump
from app.store.seal import Seal
from drivers.base import Connection
from drivers.catalogue import Catalogue
from drivers.errors import BadCatalogue
from drivers.meters import source
from drivers.meters.source import Meter, Shown
from drivers.model import Model
from drivers.registry import Drivers
from drivers.search import Search
from drivers.sensor import Sensor
from drivers.viessmann_account import Accounts

if TYPE_CHECKING:
    from app.cluster.client import VictoriaMetrics
    from app.cluster.pusher import Pusher
    from app.polling.figures import Facts

WATCH_INTERVAL_S = 5.0
"""How soon a change that another process made to the list of heat pumps, such as `run.py add`, takes effect."""

ALERT_INTERVAL_S = 2.0
"""How often rules are looked at for which no reading is needed, such as that none comes."""

UPKEEP_INTERVAL_S, FIRST_UPKEEP_S = 600.0, 60.0
"""Days that closed meanwhile are looked for this often; the first polls after a start come before."""

GLANCE_INTERVAL_S, FIRST_GLANCE_S = 300.0, 20.0
"""How old the energy of today may be on the overview."""
ACCOUNTS = "accounts"
"""In the data folder: the keys to accounts of makers' clouds, and the calls they have made. No backup has them."""


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
    ending: threading.Event = field(default_factory=threading.Event)
    """Set when long work is to be given up because the program ends."""
    cluster: VictoriaMetrics | None = None
    pusher: Pusher | None = None
    """Where the history is read from instead of the own database, and who takes samples there; both optional."""
    roster: Roster = field(init=False)
    upkeep: Upkeep = field(init=False)
    watch: Watch = field(init=False)
    channel_secrets: ChannelSecrets = field(init=False)
    seal: Seal = field(init=False)
    sender: Sender = field(init=False)
    holding: Holding = field(init=False)
    daily: DailyFigures = field(init=False)
    meters: Metering = field(init=False)
    meter_secrets: ChannelSecrets = field(init=False)
    glance: Glance = field(init=False)
    search: Search = field(init=False)
    behaviour: Behaviour = field(init=False)
    simulation: Simulation = field(init=False)
    nightly: NightlyBackup | None = field(init=False)
    log_tail: LogTail = field(init=False)
    started_at: float | None = None
    """UTC seconds; None before the start."""
    looked_after_at: float | None = None
    """When the past was last looked after."""
    life_sign: LifeSign | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        zone = ZoneInfo(self.config.timezone)
        self.upkeep = Upkeep(self.database, zone, self.clock)
        self.channel_secrets = ChannelSecrets(self.config.folder)
        self.seal = Seal(self.config.folder)
        self.sender = Sender(self.database, self.channel_secrets, self.sensors_of, zone, self._now, self.config.site)
        self.watch = Watch(self.database, self.latest, self.machine, zone, self._now, self.sender.tell)
        self.daily = DailyFigures(self.database, zone, self.clock, self.facts_of)
        self.glance = Glance(self.database, zone, self._now, self.facts_of, self.latest)
        self.meter_secrets = ChannelSecrets(self.config.folder, OF_METERS)
        self.meters = Metering(self.database, source.sensors(self.catalogue.vocabulary), self._show_meter, self._now)
        self.search = Search(self._now, self.ending)
        self.behaviour = Behaviour(self.database, self.latest, self._now, self._forwarding, self.watch)
        self.holding = Holding(self.database, self.poller, self._now, self.ending)
        self.nightly = self.nightly_backup()
        self.log_tail = LogTail(str(getattr(self.config, key)) for key in SECRETS)
        self.simulation = Simulation(self.database, lambda: self.catalogue, self._now)
        self.roster = Roster(
            self.config, self.database, self.poller, self._model_of, self.reader_of, self.simulation.awaited
        )
        if self.config.ping_url:
            every_s = self.config.ping_minutes * 60.0
            self.life_sign = LifeSign(self.config.ping_url, every_s, lambda: self.poller.keeps(every_s))

    def secret_of_meter(self, name: str | None) -> str:
        """Empty when there is none, such as after a restore on another computer."""
        kept = self.meter_secrets.get(name) if name is not None else None
        return "" if kept is None else kept.get("secret", "")

    def _show_meter(self, meter: Meter, secret: str | None) -> Shown:
        return self.drivers.show(meter, self.secret_of_meter(secret))

    def _now(self) -> float:
        return self.clock()

    def start(self) -> None:
        self.started_at = self.clock()
        logging.getLogger().addHandler(self.log_tail)
        self.latest.load(self.database.connection())
        with self.database.transaction() as db:
            audit.close_left_open(db, int(self.clock()))
        self.holding.begin()
        self.poller.when_the_clock_is_set(self.clock_was_set)
        self.poller.start()
        self.follow_the_list()
        self.poller.every(holding.CHECK_INTERVAL_S, self.holding.tick)
        self.poller.every(WATCH_INTERVAL_S, self.follow_the_list)
        self.poller.every(WATCH_INTERVAL_S, self.simulation.follow, first_s=0.0)
        self.poller.every(ALERT_INTERVAL_S, self.watch.tick)
        self.poller.every(UPKEEP_INTERVAL_S, self.look_after_the_past, lane=BACKGROUND, first_s=FIRST_UPKEEP_S)
        self.poller.every(GLANCE_INTERVAL_S, self.glance.refresh, lane=GLANCE, first_s=FIRST_GLANCE_S)
        if self.nightly is not None:
            self.poller.every(CHECK_INTERVAL_S, self.nightly.make_when_due, lane=BACKGROUND)
        if self.pusher is not None:
            self.pusher.start()
        if self.life_sign is not None:
            self.life_sign.start()
        self.sender.start()

    def clock_was_set(self, moved_s: float) -> None:
        """Somebody set the computer's clock by so many seconds: what is remembered by its time moves along."""
        self.latest.clock_was_set(round(moved_s))
        self.watch.clock_was_set(moved_s)

    def stop(self, grace_s: float) -> bool:
        """Finish running polls and close the database; False when something still hangs."""
        deadline = time.monotonic() + grace_s

        def left_s() -> float:
            return max(0.0, deadline - time.monotonic())

        self.ending.set()
        self.meters.stop()
        self.glance.stop()
        self.upkeep.stop()
        self.daily.stop()
        self.behaviour.stop()
        if self.pusher is not None:
            self.pusher.stop()
        if self.life_sign is not None:
            self.life_sign.stop()
        self.sender.stop()
        finished = self.holding.rest(grace_s / 2)
        finished &= self.poller.stop(left_s())
        finished &= self.upkeep.wait(left_s())
        finished &= self.daily.wait(left_s())
        finished &= self.behaviour.wait(left_s())
        if self.pusher is not None:
            finished &= self.pusher.ended(left_s())
        self.simulation.stop()
        finished &= self.search.wait(left_s())
        finished &= self.sender.ended(left_s())
        self.database.close()
        logging.getLogger().removeHandler(self.log_tail)
        return finished

    def look_after_the_past(self) -> None:
        """Judge the last hours, close the days that are over, then compute the figures of those that were closed."""
        self.behaviour.run()  # first: a score that came after its day was closed would open it again
        self.upkeep.run()
        self.daily.run()
        self.looked_after_at = self.clock()

    def facts_of(self, pump: HeatPump) -> Facts:
        """What the figures of a heat pump need to know besides its samples."""
        from app.polling.figures import Facts

        kept = metering.answers(self.database.connection(), pump.id)
        source = json.loads(kept).get("source") if kept is not None else None
        computed = frozenset(sensor.id for sensor in self.sensors_of(pump).values() if _computed(sensor))
        return Facts(ground_source=source in ("brine", "water"), derived=computed)

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
        """Poll exactly the enabled heat pumps of the database with their meters, each as it is written there."""
        self.meters.follow()
        self.roster.follow()

    def reader_of(self, pump: HeatPump) -> Reader:
        """What polls this heat pump; its socket is not open yet. Raises BadCatalogue."""
        model = self.catalogue.find(pump.manufacturer, pump.model)
        if model is None:
            raise BadCatalogue(f"{pump.manufacturer}/{pump.model} is not in the catalogue of this version")
        return Reader(
            pump,
            model,
            self.roster.pace(pump, model),
            self.drivers.open(model, Connection.of(pump.connection)),
            self.database,
            self.latest,
            self.clock,
            self._forwarding(),
            self.watch,
            self.meters,
        )

    def _forwarding(self) -> Forwarding | None:
        return None if self.pusher is None else Forwarding(self.config.outbox_limit, self.pusher.tell)

    def machine(self, pump: HeatPump) -> Machine | None:
        """What alert rules must know about a heat pump; None when its catalogue file is gone or broken."""
        model = self._model_of(pump)
        if model is None:
            return None
        return machine_of(self.database.connection(), pump, model, self.roster.pace(pump, model))

    def sensors_of(self, pump: HeatPump) -> Mapping[str, Sensor]:
        """What the catalogue knows about its sensors; nothing when its file is gone or broken."""
        model = self._model_of(pump)
        return {} if model is None else model.every_sensor

    def _model_of(self, pump: HeatPump) -> Model | None:
        try:
            return self.catalogue.find(pump.manufacturer, pump.model)
        except BadCatalogue:
            return None


def _computed(sensor: Sensor) -> bool:
    """Whether its values follow from others; another unit of the same value is still that value."""
    return sensor.derived is not None and len(sensor.derived.inputs) > 1


def assemble(config: Config, clock: Callable[[], float] = time.time) -> System:
    """The parts of this installation, not running yet; an older database is brought to the form of today.

    Raises DatabaseUnusable.
    """
    upgrading.upgrade(config.folder, int(clock()))
    accounts = Accounts(config.folder / ACCOUNTS, clock)
    system = System(config, Database(config.database), Catalogue(), clock, Drivers(accounts=accounts))
    with explaining(config.database), system.database.transaction() as db:
        usual_rules.furnish(db, int(clock()))
    if config.victoriametrics or config.victoriametrics_read:
        _connect(system, config)
    return system


def _connect(system: System, config: Config) -> None:
    from app.cluster.client import VictoriaMetrics  # who has none need not carry an HTTP client
    from app.cluster.pusher import Pusher

    system.cluster = VictoriaMetrics(config.victoriametrics, config.victoriametrics_read)
    if config.victoriametrics:
        sender = VictoriaMetrics(config.victoriametrics, config.victoriametrics_read)
        system.pusher = Pusher(system.database, system.sensors_of, sender, config.box)
