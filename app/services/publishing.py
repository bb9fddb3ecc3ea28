"""Publishes the last values of all heat pumps over MQTT, in a thread of its own that no poll ever waits for.

It looks at the last values, which change only after a reading is committed. So there is no queue that could fill:
while the broker is away nothing piles up, and when it is back it gets what holds then.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import orjson

from app.messages import Message
from app.mqtt import controls, discovery
from app.mqtt.broker import Account, Broker, BrokerLost
from app.mqtt.topics import OFFLINE, ONLINE, Topics
from app.services import heatpumps, models, mqtt_commands, status
from app.services.mqtt_commands import Commands
from app.services.sensor_metrics import Watched
from app.services.status import LATE_INTERVALS
from app.store.heatpumps import HeatPump
from app.store.readings import Sample
from app.system import System
from drivers.model import Model
from drivers.sensor import Sensor

LOOK_S = 1.0
SLOW_LOOK_S = 15.0
"""How often it is looked for what changes without a reading: heat pumps that come, go, are lost or renamed."""

PAUSES_S = (2.0, 5.0, 15.0, 60.0)
LARGEST_CONFIG = 65_536

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Doing:
    """How the publishing goes, for pages and the interface."""

    connected: bool = False
    since: int | None = None
    """When this connection was made, in UTC seconds."""
    trouble: Message | None = None
    """Why there is no connection; None before the first try, and while there is one."""
    published: int = 0
    """States since the program began."""
    topics: int = 0
    """Retained topics of this connection."""
    heat_pumps: int = 0
    settings: int = 0
    """Settings that are offered to be changed."""


@dataclass(slots=True)
class _Described:
    """The sensors of one heat pump that have a description, and where."""

    sensors: set[str] = field(default_factory=set)
    settings: frozenset[str] = frozenset()
    topics: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Told:
    """What this connection's broker knows already."""

    contents: dict[str, str] = field(default_factory=dict)
    pumps: list[HeatPump] = field(default_factory=list)
    described: dict[str, _Described] = field(default_factory=dict)
    seen: dict[str, Mapping[str, Sample]] = field(default_factory=dict)
    strays: set[str] = field(default_factory=set)
    """Retained topics of ours from before that may have to go."""


class Publisher:
    """Begins with `start`; only for an installation whose settings name a broker."""

    def __init__(self, system: System, pauses_s: tuple[float, ...] = PAUSES_S, look_s: float = LOOK_S) -> None:
        config = system.config
        self.doing = Doing()
        self._system = system
        self._pauses_s = pauses_s
        self._look_s = look_s
        self._topics = Topics(config.mqtt_topic, config.mqtt_discovery)
        account = Account(config.mqtt, config.mqtt_user, config.mqtt_password, config.mqtt_ca)
        self._address = account.address
        name = f"heat-pump-monitor-{self._topics.mark('box')}"
        self._broker = Broker(account, name, (self._topics.status, OFFLINE), self._hear)
        self.commands = Commands(system) if config.mqtt_commands else None
        """None where nothing may be set over MQTT."""
        self._told = _Told()
        self._ending = threading.Event()
        # a daemon: a broker that hangs must not hold up the end
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self) -> None:
        if self.commands is not None:
            self.commands.start()
        self._thread.start()

    def stop(self, grace_s: float) -> bool:
        """Say that we go; False when the broker does not even take that in time, or a write is still on the wire."""
        deadline = monotonic() + grace_s
        if self.commands is not None:
            self.commands.end()
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(grace_s)
        written = self.commands is None or self.commands.wait(max(0.0, deadline - monotonic()))
        return written and not self._thread.is_alive()

    def _run(self) -> None:
        failures = 0
        while not self._ending.is_set():
            try:
                self._begin()
                failures = 0
                self._go_on()
            except BrokerLost as reason:
                self._note_lost(reason.said)
            except sqlite3.Error as error:
                self._note_lost(Message("the heat pumps cannot be looked up: %(why)s", {"why": str(error)}))
            except Exception:  # the edge of a thread: it must go on
                log.exception("nothing is published for a reason of our own")
                self._broker.close()
            self.doing.connected, self.doing.since = False, None
            self._ending.wait(self._pauses_s[min(failures, len(self._pauses_s) - 1)])
            failures += 1

    def _begin(self) -> None:
        self._told = _Told()
        self._broker.connect()
        if self._topics.discovery:
            self._broker.subscribe(self._topics.every_config)
            for _ in range(5):  # what is retained comes at once
                self._broker.attend(self._look_s / 5)
        if self.commands is not None:
            self._broker.subscribe(self._topics.every_command)
        self._tell(self._topics.status, ONLINE)
        if self.doing.trouble is not None:
            log.info("values are published to %s again", self._address)
        self.doing.connected, self.doing.trouble = True, None
        self.doing.since = int(self._system.clock())

    def _go_on(self) -> None:
        looked_at = -SLOW_LOOK_S
        while not self._ending.is_set():
            if monotonic() - looked_at >= SLOW_LOOK_S:
                looked_at = monotonic()
                self._look_around()
            else:
                for pump in [pump for pump in self._told.pumps if self._changed(pump)]:
                    self._tell_of(pump)
            self._tell_results()
            self._broker.attend(self._look_s)
        self._tell_results()
        self._tell(self._topics.status, OFFLINE)
        self._broker.attend(0.1)
        self._broker.close()

    def _tell_results(self) -> None:
        for result in self.commands.results() if self.commands is not None else ():
            self._broker.say(self._topics.result(result.heatpump_id), result.content)

    def _changed(self, pump: HeatPump) -> bool:
        return self._system.latest.of(pump.id) is not self._told.seen.get(pump.id)

    def _look_around(self) -> None:
        """Tell what the broker does not know yet, and take back what is no longer so."""
        pumps = [pump for pump in heatpumps.all_of_them(self._system) if pump.enabled]
        known = {(pump.id, pump.name, str(pump.settings)) for pump in self._told.pumps}
        if known != {(pump.id, pump.name, str(pump.settings)) for pump in pumps}:
            self._told.described.clear()
        self._told.pumps = pumps
        statuses = status.of_all(self._system, pumps)
        wanted = {self._topics.status}
        for pump in pumps:
            self._tell_of(pump)
            self._tell(self._topics.availability(pump.id), ONLINE if statuses[pump.id].state == "online" else OFFLINE)
            wanted |= {self._topics.availability(pump.id), self._topics.state(pump.id)}
            wanted |= self._told.described.get(pump.id, _Described()).topics
        for topic in (self._told.contents.keys() | self._told.strays) - wanted:
            self._broker.publish(topic, "")
            self._told.contents.pop(topic, None)
        self._told.strays.clear()
        self.doing.topics, self.doing.heat_pumps = len(self._told.contents), len(pumps)
        self.doing.settings = sum(len(each.settings) for each in self._told.described.values())

    def _tell_of(self, pump: HeatPump) -> None:
        """Descriptions first, so that Home Assistant knows what the values mean."""
        model = models.of(self._system, pump)
        if model is None:
            return
        samples, pace = self._system.latest.of(pump.id), self._system.roster.pace(pump, model)
        before = self._told.described.get(pump.id)
        there = before.sensors if before is not None else self._from_before(pump)
        told = [
            sensor
            for sensor in model.sensors(pump.options)
            if sensor.id in samples and (samples[sensor.id].value is not None or sensor.id in there)
        ]
        if self._topics.discovery:
            settings = self._offered(pump, model, samples, there if before is None else before.settings)
            known = None if before is None else (before.sensors, before.settings)
            if known != ({sensor.id for sensor in told}, frozenset(sensor.id for sensor in settings)):
                holding = [(sensor, LATE_INTERVALS * pace.between_s(sensor)) for sensor in told]
                self._describe(pump, model, holding, settings)
        if samples is self._told.seen.get(pump.id):
            return
        fresh = {sensor.id for sensor, _ in Watched(pump, model, samples, pace).fresh(self._system.clock())}
        content = {sensor.id: samples[sensor.id].value if sensor.id in fresh else None for sensor in told}
        self._broker.publish(self._topics.state(pump.id), orjson.dumps(content).decode())
        self._told.contents[self._topics.state(pump.id)] = ""
        self._told.seen[pump.id] = samples
        self.doing.published += 1

    def _offered(
        self, pump: HeatPump, model: Model, samples: Mapping[str, Sample], known: Collection[str]
    ) -> list[Sensor]:
        if self.commands is None:
            return []
        there = {sensor_id for sensor_id, sample in samples.items() if sample.value is not None}
        return mqtt_commands.offered(self._system, pump, model, there.union(known))

    def _describe(
        self, pump: HeatPump, model: Model, sensors: list[tuple[Sensor, float]], settings: list[Sensor]
    ) -> None:
        language = self._system.config.mqtt_language
        configs = discovery.configs(self._topics, pump, model, sensors, language)
        configs |= controls.configs(self._topics, pump, model, settings, language)
        for topic, content in configs.items():
            self._tell(topic, orjson.dumps(content).decode())
        self._told.described[pump.id] = _Described(
            {sensor.id for sensor, _ in sensors}, frozenset(sensor.id for sensor in settings), set(configs)
        )

    def _from_before(self, pump: HeatPump) -> set[str]:
        """Sensors that were described once stay, also while they have no value."""
        mark = f"/{self._topics.mark(pump.id)}/"
        return {topic.split("/")[-2] for topic in self._told.strays if mark in topic and topic.endswith("/config")}

    def _tell(self, topic: str, content: str) -> None:
        if self._told.contents.get(topic) != content:
            self._broker.publish(topic, content)
            self._told.contents[topic] = content

    def _hear(self, topic: str, content: bytes, retained: bool) -> None:
        commanded = None if self.commands is None else self._topics.commanded(topic)
        if self.commands is not None and commanded is not None:
            self.commands.take(*commanded, content, retained=retained)
        else:
            self._hear_description(topic, content)

    def _hear_description(self, topic: str, content: bytes) -> None:
        """A description that is retained there: ours if its values come from our topics."""
        if not content or len(content) > LARGEST_CONFIG or topic in self._told.contents:
            return
        try:
            found: Any = orjson.loads(content)
        except orjson.JSONDecodeError:
            return
        state = found.get("state_topic") if isinstance(found, dict) else None
        if isinstance(state, str) and state.startswith(f"{self._topics.base}/") and state.endswith("/state"):
            self._told.strays |= {topic, state, state.removesuffix("state") + "availability"}

    def _note_lost(self, reason: Message) -> None:
        if self.doing.trouble is None and not self._ending.is_set():
            log.warning("values are not published over MQTT: %s; it is tried again", reason)
        self.doing.trouble = reason
