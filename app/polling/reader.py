"""One heat pump's read job: which sensors are due, reading them, keeping them, and noticing when it is lost."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic

from app.polling import metering, pipeline
from app.polling.latest import Latest
from app.polling.metering import Metering
from app.polling.pace import Pace
from app.polling.settings_watch import SettingsWatch
from app.polling.watch import Watch
from app.reading import Reading, Value
from app.store import heatpumps
from app.store.database import Database
from app.store.heatpumps import HeatPump
from drivers.base import Answer, Driver, Sample
from drivers.errors import DriverError, Unreachable
from drivers.model import Model
from drivers.sensor import Sensor

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


OLDEST_S = 7200
"""A machine whose newest value in its maker's cloud is older tells it nothing: something always changes sooner."""


class Reader:
    """Belongs to the job of one heat pump; only one poll of it runs at a time. `clock` gives UTC seconds."""

    def __init__(
        self,
        pump: HeatPump,
        model: Model,
        pace: Pace,
        driver: Driver,
        database: Database,
        latest: Latest,
        clock: Callable[[], float],
        forwarding: Forwarding | None = None,
        watch: Watch | None = None,
        meters: Metering | None = None,
    ) -> None:
        self.pump = pump
        self.model = model
        self.last: Last | None = None
        self.counts = Counts()
        self.kept_at: float | None = None
        """When a reading was last committed, in monotonic seconds."""
        self.unkept_because: str | None = None
        """Why the last reading could not be kept."""
        self._driver = driver
        self._database = database
        self._latest = latest
        self._clock = clock
        self._forwarding = forwarding
        self._watch = None if watch is None else (watch, pump)
        self._meters = meters
        self._settings = SettingsWatch(model, database)
        self._pace = pace
        self._turn_number = 0
        self._slow_due = 0.0
        self._retired = False
        self._unkept = 0
        self._turn = threading.Lock()
        self._writing = threading.Lock()
        self._learned: dict[str, Value] = {}
        self._telling = threading.Lock()

    def poll(self) -> bool:
        """Read what is due and keep it; False when the heat pump could not be read."""
        try:
            with self._turn:
                return not self._retired and self._counted_poll()
        except sqlite3.IntegrityError:
            if heatpumps.find(self._database.connection(), self.pump.id) is not None:
                raise
            self._retired = True  # another program has removed it; soon the poller hears of it too
            return False
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
        self._slow_due = 0.0
        answer = Answer({sensor.id: Sample(value, None)})
        with self._telling:
            self._learned[sensor.id] = value
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
        sensors = self._due(started)
        slow = sensors is not self._pace.fast
        if slow:
            self._slow_due = started + self._pace.slow_s
        self._learned = {}
        if self._meters is not None:
            self._meters.begin(self.pump.id, self._pace.interval_s)
        try:
            answer = self._driver.read(sensors)
        except DriverError as reason:
            self._note_lost(reason)
            self._keep_meters(int(started))
            if slow:
                self._slow_due = 0.0
            return False
        finally:
            self._turn_number += len(self._pace.turns) > 1  # what cannot be read must not hold up the others
        with self._telling:
            learned = {name: Sample(value, None) for name, value in self._learned.items() if name in answer.samples}
        if learned:
            answer = replace(answer, samples={**answer.samples, **learned})
        reading = pipeline.reading_of(self.pump.id, int(started), sensors, answer)
        newest = max(reading.told_at.values(), default=reading.at)
        if reading.at - newest > OLDEST_S:
            self._latest.put(replace(reading, at=newest))
            self._note_lost(_nothing_since(newest))
            self._keep_meters(int(started))
            return False
        self._keep(reading)
        problems = {**self._older_problems(sensors), **answer.problems}
        self.last = Last(int(started), answer.seconds, answer.requests, problems)
        return True

    def _due(self, now: float) -> tuple[Sensor, ...]:
        """What this poll asks for."""
        if len(self._pace.turns) > 1:
            return self._pace.turns[self._turn_number % len(self._pace.turns)]
        slow = not 0 <= self._slow_due - now <= self._pace.slow_s  # also after the clock was set back
        return self._pace.turns[0] if slow else self._pace.fast

    def _keep(self, reading: Reading) -> None:
        if self._retired:
            return
        beside = self._meters.beside(self.pump.id, reading.at) if self._meters is not None else None
        lost_since = self._store(metering.joined(reading, beside))
        self._tell(reading)
        if beside is not None:
            self._latest.put(metering.told(beside))
        if self._forwarding is not None:
            self._forwarding.tell()
        if lost_since is not None:
            log.info("%s (%s) is back after %d s", self.pump.id, self.pump.name, reading.at - lost_since)

    def _tell(self, reading: Reading) -> None:
        """A write that ended while this was being kept knows better what its register holds."""
        with self._telling:
            read = zip(reading.columns, reading.values, strict=True)
            values = tuple(self._learned.get(column.sensor, value) for column, value in read)
            self._latest.put(replace(reading, values=values))

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
            lost_since = pipeline.keep(self._database, reading, most_waiting, self._watch)
            for change in self._settings.compare(reading).values():
                log.info("%s (%s) was %s", self.pump.id, self.pump.name, change)
        except sqlite3.OperationalError as error:
            if not self._unkept:
                log.error("%s (%s) is read, but nothing is kept: %s", self.pump.id, self.pump.name, error)
            self._unkept += 1
            self.unkept_because = str(error)
            return None
        if self._unkept:
            log.info("%s (%s) is kept again; %d readings were not", self.pump.id, self.pump.name, self._unkept)
        self._unkept = 0
        self.unkept_because, self.kept_at = None, monotonic()
        return lost_since

    def _note_lost(self, reason: DriverError) -> None:
        if not self._retired and pipeline.lose(self._database, self.pump.id, int(self._clock()), reason, self._watch):
            log.warning("%s (%s) is lost: %s", self.pump.id, self.pump.name, reason)

    def _older_problems(self, asked: Sequence[Sensor]) -> dict[str, DriverError]:
        """What was wrong with a sensor when it was last read still holds."""
        ids = {sensor.id for sensor in asked}
        return {} if self.last is None else {name: why for name, why in self.last.problems.items() if name not in ids}


def _nothing_since(newest: int) -> Unreachable:
    """Why a reading must not pass for one of now."""
    return Unreachable(
        "the newest value in the maker's cloud is from %(time)s: the heat pump has told it nothing since;"
        " check its gateway and its internet connection",
        time=f"{datetime.fromtimestamp(newest, UTC):%Y-%m-%d %H:%M} UTC",
    )
