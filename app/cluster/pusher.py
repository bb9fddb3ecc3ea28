"""Delivers what waits in the outbox, in a thread of its own: no poll ever waits for it."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app import metric
from app.cluster import lines
from app.cluster.client import CannotBeAsked, VictoriaMetrics
from app.cluster.lines import Key, Line
from app.messages import Unavailable
from app.store import heatpumps, outbox, readings
from app.store.database import Database
from app.store.heatpumps import HeatPump
from app.store.outbox import Waiting
from drivers.sensor import Sensor

BATCH_POLLS = 500
GATHER_S = 0.5
"""Heat pumps that are polled at the same time travel in one request."""

SETTLE_S = 4.0
"""VictoriaMetrics shows a sample up to two seconds after it took it; asking what is there earlier would mislead."""

LONGEST_PAUSE_S = 60.0

log = logging.getLogger(__name__)

SensorsOf = Callable[[HeatPump], Mapping[str, Sensor]]
"""What the catalogue knows about the sensors of a heat pump; empty when it knows nothing."""


@dataclass(slots=True)
class Counts:
    """Since the program began."""

    samples: int = 0
    failures: int = 0


class Pusher:
    """Oldest first, one request at a time; a poll leaves the outbox only when its samples were accepted.

    After a failure, and after a start, nobody knows whether the last request arrived. What waits is then compared
    with what the other side has, and only the rest is sent: every sample arrives, and none twice.
    """

    def __init__(
        self,
        database: Database,
        sensors_of: SensorsOf,
        client: VictoriaMetrics,
        box: str,
        settle_s: float = SETTLE_S,
    ) -> None:
        self.counts = Counts()
        self._database = database
        self._sensors_of = sensors_of
        self._client = client
        self._box = box
        self._settle_s = settle_s
        self._unsure = True
        self._lost = False
        self._news = threading.Event()
        self._ending = threading.Event()
        # a daemon: a request that hangs must not hold up the end, and what it carried is still in the outbox
        self._thread = threading.Thread(target=self._run, name="push samples", daemon=True)

    def start(self) -> None:
        self._news.set()
        self._thread.start()

    def tell(self) -> None:
        """Something waits; returns at once."""
        self._news.set()

    def stop(self) -> None:
        """Begin no further request."""
        self._ending.set()
        self._news.set()

    def ended(self, grace_s: float) -> bool:
        """Wait so long for the running request; False when it still hangs."""
        if self._thread.is_alive():
            self._thread.join(grace_s)
        return not self._thread.is_alive()

    def deliver_all(self) -> None:
        """Everything that waits, batch by batch. Raises Unavailable."""
        while not self._ending.is_set():
            waiting = outbox.first(self._database.connection(), BATCH_POLLS)
            if not waiting:
                return
            self._deliver(waiting)

    def _run(self) -> None:
        pause_s = self._settle_s  # the process before this one may have been killed in the middle of a request
        while not self._ending.wait(pause_s):
            try:
                self.deliver_all()
                pause_s = GATHER_S
                self._note_found()
                self._news.wait()
                self._news.clear()
            except Unavailable as reason:
                pause_s = min(LONGEST_PAUSE_S, 2 * pause_s) if self._lost else self._settle_s
                self._note_lost(str(reason))
            except (sqlite3.Error, OSError) as reason:  # such as a full disk; nothing is lost by waiting
                pause_s = LONGEST_PAUSE_S
                self._note_lost(f"the outbox cannot be used: {reason}")
            except Exception:  # the edge of a thread: it must go on
                pause_s = LONGEST_PAUSE_S
                log.exception("samples were not delivered for a reason of our own")
        self._client.close()

    def _deliver(self, waiting: Sequence[Waiting]) -> None:
        series = self._series(waiting)
        if self._unsure:
            series = self._not_there_yet(series, waiting)
        if series:
            self._unsure = True
            self._client.push(series)
        with self._database.transaction() as db:
            outbox.remove(db, waiting[-1].id)
        self._unsure = False
        self.counts.samples += lines.count(series)

    def _series(self, waiting: Sequence[Waiting]) -> list[Line]:
        db = self._database.connection()
        pumps = {pump.id: pump for pump in heatpumps.all_of_them(db)}
        series: list[Line] = []
        for heatpump_id, times in _times(waiting).items():
            pump = pumps.get(heatpump_id)
            if pump is None:
                continue  # removed since; its samples went with it
            sensor_ids = readings.sensors(db, heatpump_id)
            stretch = readings.samples(db, heatpump_id, sensor_ids, min(times), max(times) + 1)
            polls = ((at, values) for at, values in stretch if at in times)
            series += lines.of_polls(metric.labels(pump, self._box), sensor_ids, self._sensors_of(pump), polls)
        return series

    def _not_there_yet(self, series: list[Line], waiting: Sequence[Waiting]) -> list[Line]:
        there: dict[Key, set[int]] = {}
        for heatpump_id, times in _times(waiting).items():
            try:
                there |= self._client.times({"heatpump_id": heatpump_id, "box": self._box}, min(times), max(times))
            except CannotBeAsked:
                return series  # then only the receiver's own deduplication helps
        return lines.without(series, there)

    def _note_lost(self, reason: str) -> None:
        self.counts.failures += 1
        if not self._lost and not self._ending.is_set():
            log.warning("samples wait in the outbox: %s", reason)
        self._lost = True

    def _note_found(self) -> None:
        if self._lost:
            log.info("samples are delivered to %s again", self._client.address)
        self._lost = False


def _times(waiting: Sequence[Waiting]) -> dict[str, set[int]]:
    """heat pump → the times of its waiting polls."""
    times: dict[str, set[int]] = {}
    for each in waiting:
        times.setdefault(each.heatpump_id, set()).add(each.at)
    return times
