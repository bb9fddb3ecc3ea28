"""Learns how every heat pump behaves, once a week, and judges each hour that is over; beside the polls."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable

from app import memory
from app.polling.latest import Latest
from app.store import heatpumps
from app.store.database import Database
from app.store.heatpumps import HeatPump

HOUR_S = 3600
LONGEST_CATCH_UP_S = 3 * 86_400
"""After a longer pause of the program only the last days are judged; the others are history."""

log = logging.getLogger(__name__)


class Behaviour:
    """One heat pump at a time. `clock` gives UTC seconds."""

    def __init__(self, database: Database, latest: Latest, clock: Callable[[], float]) -> None:
        self._database = database
        self._latest = latest
        self._clock = clock
        self._stopping = threading.Event()
        self._turn = threading.Lock()
        self._judged_until: dict[str, int] = {}
        self._failure: str | None = None

    def run(self, *, gently: bool = True) -> int:
        """Judge every hour that is over, at most half of the time if gently; how many were. Raises nothing."""
        count = 0
        with self._turn:
            try:
                for pump in heatpumps.all_of_them(self._database.connection()):
                    if self._stopping.is_set():
                        break
                    begun = time.monotonic()
                    count += self._look_at(pump, int(self._clock()))
                    if gently:
                        self._stopping.wait(time.monotonic() - begun)
                self._failure = None
            except sqlite3.Error as error:
                if str(error) != self._failure and not self._stopping.is_set():
                    log.error("the anomaly scores could not be kept: %s; it is tried again", error)
                self._failure = str(error)
            if count:
                memory.give_back()
        return count

    def stop(self) -> None:
        """Begin nothing more; what runs ends soon."""
        self._stopping.set()

    def wait(self, most_s: float) -> bool:
        """Whether what was running has ended within so many seconds."""
        ended = self._turn.acquire(timeout=most_s)
        if ended:
            self._turn.release()
        return ended

    def _look_at(self, pump: HeatPump, now: int) -> int:
        over = now // HOUR_S * HOUR_S
        since = max(self._since(pump), over - LONGEST_CATCH_UP_S)
        if not pump.enabled or since >= over:
            return 0
        from app.polling import detecting  # numpy costs memory that a process without history need not carry

        model = detecting.known(self._database, pump, now) or detecting.learn(self._database, pump, now)
        judged = detecting.hours(self._database, pump, model, since, now)
        detecting.keep(self._database, pump.id, judged, self._latest.put)
        self._judged_until[pump.id] = over
        return len(judged)

    def _since(self, pump: HeatPump) -> int:
        """The first hour that was not judged yet."""
        if pump.id not in self._judged_until:
            last = self._latest.of(pump.id).get("anomaly_score")
            self._judged_until[pump.id] = 0 if last is None else last.at // HOUR_S * HOUR_S + HOUR_S
        return self._judged_until[pump.id]
