"""Keeps the history small: closes past days, merges past months, and lets go of what the owner does not keep."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby

from app import calendar, memory
from app.calendar import DAY_S
from app.polling.chore import Chore
from app.store import blocks, heatpumps, readings, retention
from app.store.database import Database

AFTER_MIDNIGHT_S = 300
"""A poll that began before midnight is kept some seconds after it."""

PROVEN_DAYS = 7
"""Nothing is let go before history was kept on a day that lies so far back."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """A day to close or a month to merge: since <= time < until, in UTC seconds."""

    heatpump_id: str
    kind: str
    since: int
    until: int

    def named(self, zone: tzinfo) -> str:
        """hp-001 2024-03-31, or hp-001 2024-03 for a month."""
        date = datetime.fromtimestamp(self.since, zone).date().isoformat()
        return f"{self.heatpump_id} {date if self.kind == 'day' else date[:7]}"


class Upkeep(Chore):
    """Runs beside the polls, one heat pump and day at a time. `clock` gives UTC seconds."""

    def __init__(self, database: Database, zone: tzinfo, clock: Callable[[], float]) -> None:
        super().__init__()
        self.problems: dict[Task, str] = {}
        """What could not be closed, and why; it stays as it is."""
        self.failure: str | None = None
        """Why the last run broke off, such as a full disk."""
        self._database = database
        self.zone = zone
        self._clock = clock

    def run(self, done: Callable[[Task, int], None] = lambda task, left: None, *, gently: bool = True) -> None:
        """Do everything that is due; after each task, `done` is told how many of its kind are left.

        Gently: at most half of the time. What fails is logged once and tried again the next time. Raises nothing.
        """
        with self._turn:
            before, self.failure = self.failure, None
            try:
                for tasks in (self._days, self._months):
                    if not self._do_all(list(tasks()), done, gently):
                        return
                self._let_go()
            except sqlite3.Error as error:
                # a full disk, or a folder that became read-only: rows stay rows, and everything goes on
                self.failure = str(error)
                if self.failure != before and not self._stopping.is_set():
                    log.error("the history could not be made smaller: %s; it is tried again", error)

    def _do_all(self, due: Sequence[Task], done: Callable[[Task, int], None], gently: bool) -> bool:
        """False when the program ends meanwhile."""
        for number, task in enumerate(due, 1):
            if self._stopping.is_set():
                return False
            begun = time.monotonic()
            self._do(task)
            if gently:
                self._give_way(begun)
            done(task, len(due) - number)
        if due:
            memory.give_back()
        return True

    def _days(self) -> Iterator[Task]:
        """Past days that have rows, the oldest first: days that were missed, and late readings of closed ones."""
        now = int(self._clock())
        for pump in heatpumps.all_of_them(self._database.connection()):
            at = readings.oldest(self._database.connection(), pump.id, 0)
            while at is not None:
                begin, end = calendar.begin(at, "day", self.zone), calendar.end(at, "day", self.zone)
                if end > now - AFTER_MIDNIGHT_S:
                    break
                yield Task(pump.id, "day", begin, end)
                at = readings.oldest(self._database.connection(), pump.id, end)

    def _months(self) -> Iterator[Task]:
        """Past months that lie in several blocks. A day later, so that late readings open days, not months."""
        now = int(self._clock())
        for pump in heatpumps.all_of_them(self._database.connection()):
            spans = blocks.spans(self._database.connection(), pump.id)
            for begin, several in groupby(spans, lambda span: calendar.begin(span[0], "month", self.zone)):
                end = calendar.end(begin, "month", self.zone)
                if len(list(several)) > 1 and end <= now - DAY_S:
                    yield Task(pump.id, "month", begin, end)

    def _do(self, task: Task) -> None:
        from app.store import compaction  # numpy costs memory that a process without history need not carry

        act = compaction.close if task.kind == "day" else compaction.merge
        try:
            act(self._database, task.heatpump_id, task.since, task.until, lambda: not self._stopping.is_set())
            self.problems.pop(task, None)
        except compaction.Interrupted:
            return
        except compaction.CannotClose as error:
            if self.problems.get(task) != str(error):
                log.error("%s stays as it is: %s", task.named(self.zone), error)
            self.problems[task] = str(error)

    def _let_go(self) -> None:
        for tier, days in retention.days(self._database.connection()).items():
            if not self._believes_the_clock(days):
                continue
            gone = retention.drop(self._database, tier, int(self._clock()) - days * DAY_S)
            if gone:
                log.info("%d stretches of %s history were older than %d days and are gone", gone, tier, days)

    def _believes_the_clock(self, kept_days: int) -> bool:
        """A clock that was wrongly set ahead must not make years look old: it has to be so late for a week first."""
        back_s = min(kept_days, PROVEN_DAYS) * DAY_S
        now = int(self._clock())
        return retention.has_history(self._database.connection(), now - back_s - DAY_S, now - back_s)
