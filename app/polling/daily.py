"""Computes the figures of closed days, once per day and again when its samples or the definitions change."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING

from app import calendar, memory
from app.polling.chore import Chore
from app.store import blocks, days, heatpumps
from app.store.database import Database
from app.store.heatpumps import HeatPump

if TYPE_CHECKING:
    from app.polling.figures import Facts

log = logging.getLogger(__name__)


class DailyFigures(Chore):
    """Runs beside the polls, one heat pump and day at a time. `clock` gives UTC seconds."""

    def __init__(
        self, database: Database, zone: tzinfo, clock: Callable[[], float], facts_of: Callable[[HeatPump], Facts]
    ) -> None:
        super().__init__()
        self._database = database
        self._zone = zone
        self._clock = clock
        self._facts_of = facts_of
        self._failure: str | None = None

    def run(self, *, gently: bool = True) -> int:
        """Compute every day that is due, at most half of the time if gently; how many were. Raises nothing."""
        from app.polling import figures  # numpy costs memory that a process without history need not carry

        count = 0
        with self._turn:
            try:
                for pump, since, until in self._due():
                    if self._stopping.is_set():
                        break
                    begun = time.monotonic()
                    figures.compute(self._database, pump.id, since, until, self._zone, self._facts_of(pump))
                    count += 1
                    if gently:
                        self._give_way(begun)
                self._failure = None
            except sqlite3.Error as error:
                if str(error) != self._failure and not self._stopping.is_set():
                    log.error("the figures of past days could not be kept: %s; it is tried again", error)
                self._failure = str(error)
            if count:
                memory.give_back()
        return count

    def _due(self) -> Iterator[tuple[HeatPump, int, int]]:
        """Days that lie in closed stretches with samples and have no figures yet, newest first: they are looked at."""
        from app.analysis.day import VERSION

        now = int(self._clock())
        for pump in heatpumps.all_of_them(self._database.connection()):
            done = days.done(self._database.connection(), pump.id, VERSION)
            spans = blocks.spans_with_samples(self._database.connection(), pump.id)
            for since, until in reversed(spans):
                edges = calendar.edges(since, min(until, now), "day", self._zone)
                for begin, end in reversed(list(pairwise(edges))):
                    if (begin, end) not in done and end <= now:
                        done.add((begin, end))
                        yield pump, begin, end
