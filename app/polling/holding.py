"""Keeps values in force that lapse by themselves, and ends those that would not: the poller's part of a write."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.messages import Message
from app.polling import writing
from app.polling.poller import Poller
from app.polling.reader import Reader
from app.polling.writing import Written
from app.store import audit, holds, outages
from app.store.audit import PROGRAM, Action, Actor, Intent, Result
from app.store.database import Database
from app.store.holds import Hold
from drivers import limits
from drivers.base import Driver
from drivers.errors import DriverError
from drivers.sensor import Sensor

CHECK_INTERVAL_S = 2.0
REFRESH_AFTER = 0.5
"""The share of the time to lapse after which a value is written again, so that there is a second chance."""
TRY_AGAIN_S = 30.0
END_WITHIN_S = 10.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A hold with what it needs to be acted on."""

    hold: Hold
    sensor: Sensor
    reader: Reader


class Holding:
    """Looks every few seconds for what is due; what it does at a heat pump it does between that one's polls.

    `clock` gives UTC seconds; `ending` is set when the program ends.
    """

    def __init__(self, database: Database, poller: Poller, clock: Callable[[], float], ending: threading.Event) -> None:
        self._database = database
        self._poller = poller
        self._clock = clock
        self._ending = ending
        self._turn = threading.Lock()
        self._busy: set[str] = set()
        self._not_before: dict[tuple[str, str], float] = {}
        self.troubles: dict[tuple[str, str], Message] = {}
        """What keeps a value from being held or ended: (heat pump, sensor) → why. It is tried again."""

    def begin(self) -> None:
        """After a start nobody knows what is left at the machines: everything is written anew, or ended."""
        with self._database.transaction() as db:
            for hold in holds.all_of_them(db):
                if hold.written_at is not None:
                    log.info("%s: %s is taken up again", hold.heatpump_id, hold.sensor)
            holds.gone_from_machine(db)

    def tick(self) -> None:
        """Start what is due, a thread of the poller for each heat pump. A lost heat pump waits until it is back."""
        db = self._database.connection()
        there = holds.all_of_them(db)
        if not there or self._ending.is_set():
            return
        lost = outages.current(db)
        for heatpump_id in {hold.heatpump_id for hold in there}:
            if heatpump_id in lost:
                self._forget(heatpump_id, there)
            elif any(self._due(place) for place in self._places(heatpump_id, there)):
                self._begin(heatpump_id)

    def tend(self, heatpump_id: str) -> None:
        """Do what is due at this heat pump now. Raises Unreachable when another write does not end."""
        reader = self._poller.reader(heatpump_id)
        if reader is None:
            return
        with reader.writing() as driver:
            for place in self._places(heatpump_id, self._of(heatpump_id)):
                if self._due(place) and not self._ending.is_set():
                    self._act(driver, place)

    def end_all(self, heatpump_id: str | None = None, grace_s: float = END_WITHIN_S) -> None:
        """End what is held at this heat pump, or at all of them; what does not end so fast is tried again."""
        with self._database.transaction() as db:
            holds.release(db, heatpump_id)
        self._not_before.clear()
        there = {hold.heatpump_id for hold in holds.all_of_them(self._database.connection())}
        self._together(self.tend, there if heatpump_id is None else there & {heatpump_id}, grace_s)

    def rest(self, grace_s: float) -> bool:
        """Before the program stops: set everything to neutral, and take it up again at the next start.

        False when something could not be told within `grace_s` seconds.
        """
        db = self._database.connection()
        there = {hold.heatpump_id for hold in holds.all_of_them(db)}
        return self._together(self._put_to_rest, there - outages.current(db).keys(), grace_s)

    def _together(self, act: Callable[[str], None], heatpump_ids: Iterable[str], grace_s: float) -> bool:
        """Do this for each heat pump in a thread of its own: one that hangs holds up no other."""

        def guarded(heatpump_id: str) -> None:
            try:
                act(heatpump_id)
            except DriverError as reason:
                log.warning("%s: held values could not be ended: %s", heatpump_id, reason)
            except sqlite3.Error as error:
                log.error("%s: held values could not be ended: %s", heatpump_id, error)

        threads = [threading.Thread(target=guarded, args=(each,), daemon=True) for each in heatpump_ids]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + grace_s
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _put_to_rest(self, heatpump_id: str) -> None:
        """What cannot be told now keeps its `written_at`, so that the next start knows of it."""
        reader = self._poller.reader(heatpump_id)
        if reader is None:
            return
        with reader.writing() as driver:
            for place in self._places(heatpump_id, self._of(heatpump_id)):
                write = place.sensor.write
                if write is None or write.at_rest is None:
                    continue
                try:
                    driver.write(place.sensor, write.at_rest)
                except DriverError as reason:
                    log.warning("%s: %s could not be set to neutral: %s", heatpump_id, place.sensor.id, reason)
                    continue
                with self._database.transaction() as db:
                    if write.pulse_s is not None or place.hold.releasing:
                        holds.remove(db, heatpump_id, place.sensor.id)
                    else:
                        holds.gone_from_machine(db, heatpump_id, place.sensor.id)
                said = Message("set to neutral, because the program stops")
                self._note(place, "release", PROGRAM, write.at_rest, "unconfirmed", said, reached=True)

    def _begin(self, heatpump_id: str) -> None:
        with self._turn:
            if heatpump_id in self._busy:
                return
            self._busy.add(heatpump_id)
        self._poller.once(lambda: self._tended(heatpump_id))

    def _tended(self, heatpump_id: str) -> None:
        try:
            self.tend(heatpump_id)
        except DriverError as reason:
            log.warning("%s: held values wait: %s", heatpump_id, reason)
        finally:
            with self._turn:
                self._busy.discard(heatpump_id)

    def _forget(self, heatpump_id: str, there: Iterable[Hold]) -> None:
        if any(hold.heatpump_id == heatpump_id and hold.written_at is not None for hold in there):
            with self._database.transaction() as db:
                holds.gone_from_machine(db, heatpump_id)

    def _of(self, heatpump_id: str) -> list[Hold]:
        return list(holds.of(self._database.connection(), heatpump_id).values())

    def _places(self, heatpump_id: str, there: Iterable[Hold]) -> list[Place]:
        reader = self._poller.reader(heatpump_id)
        if reader is None:
            return []
        found = []
        for hold in there:
            sensor = reader.model.every_sensor.get(hold.sensor)
            if hold.heatpump_id == heatpump_id and sensor is not None and sensor.write is not None:
                found.append(Place(hold, sensor, reader))
        return found

    def _due(self, place: Place) -> bool:
        hold, now = place.hold, self._clock()
        if now < self._not_before.get((hold.heatpump_id, hold.sensor), 0.0) <= now + TRY_AGAIN_S:
            return False
        if _over(hold, now) or hold.written_at is None:
            return True
        refresh_s = place.sensor.write.refresh_s if place.sensor.write is not None else None
        return refresh_s is not None and not 0 <= now - hold.written_at < refresh_s * REFRESH_AFTER

    def _act(self, driver: Driver, place: Place) -> None:
        ends = _over(place.hold, self._clock()) or _left_behind(place)
        rest = place.sensor.write.at_rest if place.sensor.write is not None else None
        if ends and rest is None:
            self._remove(place)  # it lapses by itself
            return
        value = rest if ends and rest is not None else _next(place)
        try:
            sample = writing.look(driver, place.reader.model, place.sensor)
            if ends and place.sensor.readable and limits.same(place.sensor, sample, value):
                self._note(place, "release", PROGRAM, value, "skipped", Message("it held this value already"))
                self._remove(place)
                return
            written = writing.put(driver, place.reader.model, place.sensor, value, self._ending.wait)
        except DriverError as failure:
            self._fail(place, value, failure)
            return
        if written.failure is not None and not written.confirmed:
            self._fail(place, value, written.failure, written)
        elif place.sensor.readable and not written.confirmed:
            self._fail(place, value, Message("the heat pump accepted it, but still has another value"), written)
        else:
            self._succeed(place, value, written, ends)

    def _succeed(self, place: Place, value: float | int | str, written: Written, ends: bool) -> None:
        hold = place.hold
        key = (hold.heatpump_id, hold.sensor)
        news = self.troubles.pop(key, None) is not None or hold.written_at is None
        self._not_before.pop(key, None)
        with self._database.transaction() as db:
            if ends:
                holds.remove(db, *key)
            else:
                holds.sent(db, hold, value, int(self._clock()))
        if written.seen is not None:
            place.reader.learn(place.sensor, written.seen.value)
        if ends:
            outcome: Result = "confirmed" if written.confirmed else "unconfirmed"
            self._note(place, "release", PROGRAM, value, outcome, Message("it ended"), written=written)
        elif news or _wears(place.sensor):
            outcome = "confirmed" if written.confirmed else "unconfirmed"
            self._note(place, "hold", hold.actor, value, outcome, Message("it was taken up again"), written=written)

    def _fail(
        self, place: Place, value: float | int | str, failure: DriverError | Message, written: Written | None = None
    ) -> None:
        key = (place.hold.heatpump_id, place.hold.sensor)
        self._not_before[key] = self._clock() + TRY_AGAIN_S
        said = Message(failure.template, failure.facts)
        news, self.troubles[key] = key not in self.troubles, said
        if news or _wears(place.sensor):
            action: Action = "release" if _over(place.hold, self._clock()) else "hold"
            outcome: Result = "failed" if written is None or not written.reached else "unconfirmed"
            self._note(place, action, PROGRAM, value, outcome, said, written=written)
        if news:
            log.warning("%s: %s is not held as it should be: %s", *key, failure.template % failure.facts)

    def _remove(self, place: Place) -> None:
        key = (place.hold.heatpump_id, place.hold.sensor)
        self.troubles.pop(key, None)
        with self._database.transaction() as db:
            holds.remove(db, *key)

    def _note(
        self,
        place: Place,
        action: Action,
        actor: Actor,
        value: float | int | str,
        outcome: Result,
        said: Message,
        *,
        written: Written | None = None,
        reached: bool = False,
    ) -> None:
        pump = place.reader.pump
        intent = Intent(actor, action, pump.id, pump.name, place.sensor.id, place.hold.sent, value)
        seen = written.seen.value if written is not None and written.seen is not None else None
        reached = written.reached if written is not None else reached
        with self._database.transaction() as db:
            audit.note(db, intent, int(self._clock()), outcome, said, read_back=seen, reached=reached)


def _over(hold: Hold, now: float) -> bool:
    return hold.releasing or (hold.until is not None and hold.until <= now)


def _left_behind(place: Place) -> bool:
    """A pulse that nobody ended: it is not begun a second time."""
    return place.sensor.write is not None and place.sensor.write.pulse_s is not None and place.hold.written_at is None


def _wears(sensor: Sensor) -> bool:
    return sensor.write is not None and sensor.write.wear == "eeprom"


def _next(place: Place) -> float | int | str:
    """What to write for the value that is wished: the same, or a little beside it where the machine wants changes."""
    hold, write = place.hold, place.sensor.write
    if write is None or write.alternate is None or isinstance(hold.value, str) or hold.sent != hold.value:
        return hold.value
    above = hold.value + write.alternate
    beside = above if write.maximum is None or above <= write.maximum else hold.value - write.alternate
    return round(beside, 6)
