"""Learns how every heat pump behaves, and judges each hour that is over; beside the polls."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

from app import memory
from app.polling.chore import Chore
from app.polling.latest import Latest
from app.polling.watch import Watch
from app.score import SCORE
from app.store import detectors, heatpumps, outbox, readings
from app.store.database import Database
from app.store.detectors import Detector
from app.store.heatpumps import HeatPump

if TYPE_CHECKING:
    from app.analysis.behaviour.trail import Trail
    from app.polling.detecting import Growing, Judgement, Learned
    from app.polling.reader import Forwarding

HOUR_S = 3600
SETTLED_S = 90
"""A poll that began before the hour was over is kept some seconds after it."""
LONGEST_CATCH_UP_S = 14 * 86_400
"""After a longer silence of the program only the last days are judged; what was before is for a back-test."""

log = logging.getLogger(__name__)


class Behaviour(Chore):
    """One heat pump at a time. `clock` gives UTC seconds; `forwarding` says whether scores also go elsewhere.

    `watch` judges the alert rules by the score of an hour that has just ended. `growing` grows a forest, where it is
    not to be another process.
    """

    def __init__(
        self,
        database: Database,
        latest: Latest,
        clock: Callable[[], float],
        forwarding: Callable[[], Forwarding | None] = lambda: None,
        watch: Watch | None = None,
        growing: Growing | None = None,
    ) -> None:
        super().__init__()
        self._database = database
        self._latest = latest
        self._clock = clock
        self._forwarding = forwarding
        self._watch = watch
        self._growing = growing
        self._learned: dict[str, Learned] = {}
        self._trails: dict[str, Trail] = {}
        self._failures: dict[str, str] = {}

    def run(self, *, gently: bool = True) -> int:
        """Judge every hour that is over, at most half of the time if gently; how many were. Raises nothing."""
        count = 0
        with self._turn:
            for pump in self._pumps():
                if self._stopping.is_set():
                    break
                try:
                    count += self._look_at(pump, int(self._clock()), _Pace(self._stopping, gently))
                    self._failures.pop(pump.id, None)
                except sqlite3.Error as error:
                    self._tell(
                        pump.id, f"the anomaly scores of {pump.id} could not be kept: {error}; it is tried again"
                    )
                except Exception:
                    # one heat pump with a history that nobody thought of must not stop the others
                    if pump.id not in self._failures:
                        log.exception("the behaviour of %s could not be judged for a reason of our own", pump.id)
                    self._failures[pump.id] = ""
                    self.forget(pump.id)
            if count:
                memory.give_back()
        return count

    def _pumps(self) -> list[HeatPump]:
        try:
            return [pump for pump in heatpumps.all_of_them(self._database.connection()) if pump.enabled]
        except sqlite3.Error as error:
            self._tell("", f"behaviour could not be judged: {error}; it is tried again")
            return []

    def _tell(self, heatpump_id: str, failure: str) -> None:
        """Once, until something else happens or it works again."""
        if self._failures.get(heatpump_id) != failure and not self._stopping.is_set():
            log.error("%s", failure)
        self._failures[heatpump_id] = failure

    def forget(self, heatpump_id: str) -> None:
        """What is remembered of it is read anew."""
        self._learned.pop(heatpump_id, None)
        self._trails.pop(heatpump_id, None)

    def _look_at(self, pump: HeatPump, now: int, pace: _Pace) -> int:
        over = (now - SETTLED_S) // HOUR_S * HOUR_S
        detector = self._detector(pump, over, now)
        since = _first_hour(detector, over)
        if since >= over and detector.fitted_at is not None:
            return 0
        from app.polling import detecting  # numpy costs memory that a process without history need not carry

        try:
            learned = self._known(pump, detector, now) or detecting.learn(
                self._database, pump, detector, now, pace, self._growing
            )
            self._learned[pump.id] = learned
            if since >= over:
                return 0
            before = self._trails.get(pump.id)
            trail = detecting.followed(self._database, pump, learned, before, over, pace)
        except detecting.Interrupted:
            if not self._stopping.wait(1.0):  # a signal may have reached the helping process first
                self._tell(pump.id, f"{pump.id} was not learned: the process that helps ended; it is tried again")
            return 0
        hours = detecting.judged(learned, trail, since)
        scores = detecting.scored(pump.id, hours, trail)
        if not self._keep(pump, detector, detecting.Judgement(over, hours, scores)):
            return 0
        self._trails[pump.id] = trail
        return len(hours)

    def _detector(self, pump: HeatPump, over: int, now: int) -> Detector:
        """What is known of this machine; begun when it is new, or when it is another one than it was."""
        db = self._database.connection()
        found = detectors.find(db, pump.id)
        machine = (pump.manufacturer, pump.model)
        if found is not None and (found.manufacturer, found.model) == machine:
            if found.judged_until is not None and found.judged_until > over + HOUR_S:  # the clock was set back
                with self._database.transaction():
                    detectors.judged(db, pump.id, over, None)
                return replace(found, judged_until=over)
            return found
        begun = Detector(pump.id, *machine, begins_at=0, because="first")
        if found is not None:
            begun = Detector(pump.id, *machine, min(now, pump.updated_at), "exchanged", judged_until=over)
        self.forget(pump.id)
        with self._database.transaction():
            detectors.begin(db, begun)
        return begun

    def _known(self, pump: HeatPump, detector: Detector, now: int) -> Learned | None:
        from app.polling import detecting

        learned = self._learned.get(pump.id)
        if learned is not None and learned.fitted_at == detector.fitted_at and not detecting.due(learned, now):
            return learned
        return detecting.known(self._database, detector, pump, now)

    def _keep(self, pump: HeatPump, detector: Detector, judgement: Judgement) -> bool:
        """Scores, findings and how far they reach, together; False when their owner began anew meanwhile."""
        from app.polling import detecting

        heatpump_id, forwarding = detector.heatpump_id, self._forwarding()
        with self._turn_of(heatpump_id), self._database.transaction() as db:
            found = detectors.find(db, heatpump_id)
            if found is None or (found.begins_at, found.judged_until) != (detector.begins_at, detector.judged_until):
                return False
            for score in judgement.scores:
                if readings.add(db, score) and forwarding is not None:
                    outbox.add(db, heatpump_id, score.at, forwarding.most_waiting)
            detecting.note(db, heatpump_id, judgement.hours)
            detectors.judged(db, heatpump_id, judgement.until, detecting.last_of(judgement.hours))
            if self._watch is not None and judgement.hours and judgement.hours[-1].at == judgement.until - HOUR_S:
                newest = {SCORE: judgement.scores[-1].values[0]}
                self._watch.computed(db, pump, newest, int(self._clock()))
        if judgement.scores:
            self._latest.put(judgement.scores[-1])
            if forwarding is not None:
                forwarding.tell()
        return True

    def _turn_of(self, heatpump_id: str) -> AbstractContextManager[None]:
        return nullcontext() if self._watch is None else self._watch.turn(heatpump_id)


class _Pace:
    """Called between two pieces of work: waits as long as the last one took, and says whether to go on."""

    def __init__(self, stopping: threading.Event, gently: bool) -> None:
        self._stopping = stopping
        self._gently = gently
        self._begun = time.monotonic()

    def __call__(self) -> bool:
        if self._gently:
            self._stopping.wait(time.monotonic() - self._begun)
        self._begun = time.monotonic()
        return not self._stopping.is_set()


def _first_hour(detector: Detector, over: int) -> int:
    """Where the hours begin that have no score yet."""
    earliest = max(over - LONGEST_CATCH_UP_S, -(-detector.begins_at // HOUR_S) * HOUR_S)
    return earliest if detector.judged_until is None else max(earliest, detector.judged_until)
