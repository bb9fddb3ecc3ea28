"""One heat pump's read job: which sensors are due, reading them, keeping them, and noticing when it is lost."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from app.polling import metering, pipeline
from app.polling.latest import Latest
from app.polling.metering import Metering
from app.polling.settings_watch import SettingsWatch
from app.reading import Reading, Value
from app.store.database import Database
from app.store.heatpumps import HeatPump
from drivers.base import Answer, Driver, Sample
from drivers.errors import DriverError, Unreachable
from drivers.model import Model, Sensor

LONGEST_WAIT_S = 30.0
"""A write waits so long for another write of the same heat pump."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Last:
    """How the last poll went: when (UTC seconds), how long, and what was wrong with which sensor."""

    at: int
    seconds: float
    requests: int
    problems: dict[str, DriverError]


@dataclass(slots=True)
class Counts:
    """How many polls of one heat pump there were since its polling began, and how many of them brought nothing."""

    polls: int = 0
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Samples are to reach another database too: so many polls may wait, and this tells that one more does."""

    most_waiting: int
    tell: Callable[[], None]


class Reader:
    """Belongs to the job of one heat pump; only one poll of it runs at a time. `clock` gives UTC seconds."""

    def __init__(
        self,
        pump: HeatPump,
        model: Model,
        driver: Driver,
        database: Database,
        latest: Latest,
        slow_interval_s: float,
        clock: Callable[[], float],
        forwarding: Forwarding | None = None,
        meters: Metering | None = None,
        interval_s: float = 30.0,
    ) -> None:
        self.pump = pump
        self.model = model
        self.last: Last | None = None
        self.counts = Counts()
        self._driver = driver
        self._database = database
        self._latest = latest
        self._clock = clock
        self._forwarding = forwarding
        self._meters = meters
        self._interval_s = interval_s
        self._settings = SettingsWatch(model, database)
        self._fast = model.sensors(pump.options, ("fast",))
        self._all = model.sensors(pump.options)
        self._slow_interval_s = slow_interval_s
        self._slow_due = 0.0
        self._retired = False
        self._unkept = 0
        self._turn = threading.Lock()
        self._writing = threading.Lock()
        self._learned: dict[str, Value] = {}

    def poll(self) -> bool:
        """Read what is due and keep it; False when the heat pump could not be read."""
        try:
            with self._turn:
                return not self._retired and self._counted_poll()
        finally:
            if self._retired:
                self.retire()

    def retire(self) -> None:
        """Nothing is kept from now on. A poll or a write that is on the wire ends first, and then closes its socket."""
        self._retired = True
        if self._writing.acquire(blocking=False):
            if self._turn.acquire(blocking=False):
                self._driver.close()
                self._turn.release()
            self._writing.release()

    @contextmanager
    def writing(self) -> Iterator[Driver]:
        """The driver, for one write and the looks before and after it; one write at a time.

        Raises Unreachable when another write does not end, and when this heat pump is no longer polled.
        """
        busy = not self._writing.acquire(timeout=LONGEST_WAIT_S)
        if busy or self._retired:
            if not busy:
                self._writing.release()
            raise Unreachable("%(name)s is busy; try again in a minute", name=self.pump.name)
        try:
            yield self._driver
        finally:
            self._writing.release()
            if self._retired:
                self.retire()

    def learn(self, sensor: Sensor, value: Value) -> None:
        """What a write read back; a poll that began before it must not bring back the old value."""
        self._learned[sensor.id] = value
        self._slow_due = 0.0
        answer = Answer({sensor.id: Sample(value, None)})
        self._latest.put(pipeline.reading_of(self.pump.id, int(self._clock()), [sensor], answer))

    def _counted_poll(self) -> bool:
        self.counts.polls += 1
        try:
            good = self._poll()
        except BaseException:
            self.counts.failures += 1
            raise
        self.counts.failures += not good
        return good

    def _poll(self) -> bool:
        started = self._clock()
        slow = not 0 <= self._slow_due - started <= self._slow_interval_s  # also after the clock was set back
        sensors = self._all if slow else self._fast
        if slow:
            self._slow_due = started + self._slow_interval_s
        self._learned = {}
        if self._meters is not None:
            self._meters.begin(self.pump.id, self._interval_s)
        try:
            answer = self._driver.read(sensors)
        except DriverError as reason:
            self._note_lost(reason)
            self._keep_meters(int(started))
            if slow:
                self._slow_due = 0.0
            return False
        learned = {name: Sample(value, None) for name, value in self._learned.items() if name in answer.samples}
        if learned:
            answer = replace(answer, samples={**answer.samples, **learned})
        self._keep(pipeline.reading_of(self.pump.id, int(started), sensors, answer))
        problems = answer.problems if slow else {**self._slow_problems(), **answer.problems}
        self.last = Last(int(started), answer.seconds, answer.requests, dict(problems))
        return True

    def _keep(self, reading: Reading) -> None:
        if self._retired:
            return
        beside = self._meters.beside(self.pump.id, reading.at) if self._meters is not None else None
        lost_since = self._store(metering.joined(reading, beside))
        self._latest.put(reading)
        if beside is not None:
            self._latest.put(metering.told(beside))
        if self._forwarding is not None:
            self._forwarding.tell()
        if lost_since is not None:
            log.info("%s (%s) is back after %d s", self.pump.id, self.pump.name, reading.at - lost_since)

    def _keep_meters(self, at: int) -> None:
        """The owner's meters go on while the heat pump is away."""
        beside = self._meters.beside(self.pump.id, at) if self._meters is not None else None
        if beside is None or self._retired or all(value is None for value in beside.values):
            return
        try:
            pipeline.keep_beside(
                self._database, beside, None if self._forwarding is None else self._forwarding.most_waiting
            )
        except sqlite3.OperationalError:
            return  # a full disk was told with the heat pump's own readings
        self._latest.put(metering.told(beside))

    def _store(self, reading: Reading) -> int | None:
        """Since when it had been lost. A full or read-only disk is told once; the last values go on."""
        try:
            most_waiting = self._forwarding.most_waiting if self._forwarding is not None else None
            lost_since = pipeline.keep(self._database, reading, most_waiting)
            for change in self._settings.compare(reading).values():
                log.info("%s (%s) was %s", self.pump.id, self.pump.name, change)
        except sqlite3.OperationalError as error:
            if not self._unkept:
                log.error("%s (%s) is read, but nothing is kept: %s", self.pump.id, self.pump.name, error)
            self._unkept += 1
            return None
        if self._unkept:
            log.info("%s (%s) is kept again; %d readings were not", self.pump.id, self.pump.name, self._unkept)
        self._unkept = 0
        return lost_since

    def _note_lost(self, reason: DriverError) -> None:
        if not self._retired and pipeline.lose(self._database, self.pump.id, int(self._clock()), reason):
            log.warning("%s (%s) is lost: %s", self.pump.id, self.pump.name, reason)

    def _slow_problems(self) -> dict[str, DriverError]:
        """What was wrong with the settings when they were last read still holds."""
        fast = {sensor.id for sensor in self._fast}
        return {} if self.last is None else {name: why for name, why in self.last.problems.items() if name not in fast}
