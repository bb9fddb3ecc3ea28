"""Runs the jobs when they are due, and keeps what became of every single run, also of those that were missed."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterable

from app.analysis import schedule
from app.messages import Message, Rejected
from app.services import control, heatpumps, job_content, jobs, models, values
from app.services.job_content import Content
from app.store import jobs as stored
from app.store.audit import Actor
from app.store.jobs import Kept, Run, RunOutcome
from app.system import System

TICK_S = 1.0
ON_TIME_S = 90
"""A run that is begun so soon after its time was not missed."""
TRY_AGAIN_S = 60
MOST_MISSED = 10_000
FOREVER = 1 << 40
CLOCK_SET_BACK_S = 7200

log = logging.getLogger(__name__)


class JobRunner:
    """Looks at the clock every second. Each heat pump's runs follow one another; several heat pumps run at once."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._turn = threading.Lock()
        self._busy: set[str] = set()
        self._next: dict[int, tuple[str, int, int | None]] = {}
        """Job → (what it does, looked from, next run): the schedule is worked out once per run, not every second."""
        self._trouble: str | None = None

    def start(self) -> None:
        """Have the poller call `tick` from now on."""
        self._system.poller.every(TICK_S, self.tick, first_s=TICK_S)

    def tick(self) -> None:
        """Plan what has become due, and begin what is open. Raises nothing."""
        if self._system.ending.is_set():
            return
        try:
            self._plan()
            self._begin()
            self._trouble = None
        except sqlite3.Error as error:
            if str(error) != self._trouble:
                log.error("jobs wait: %s", error)
            self._trouble = str(error)

    def busy(self) -> bool:
        """Whether a run is under way."""
        with self._turn:
            return bool(self._busy)

    def _plan(self) -> None:
        now, db = int(self._system.clock()), self._system.database.connection()
        for job in stored.all_of_them(db):
            if job.paused:
                continue
            if job.done_until > now + CLOCK_SET_BACK_S:
                log.warning("job %d (%s): the clock was set back; its runs go on from now", job.id, job.name)
                with self._system.database.transaction() as writing:
                    stored.done_until(writing, job.id, now)
                continue
            due = self._next_of(job)
            if due is not None and due <= now:
                self._take(job, now)

    def _next_of(self, job: Kept) -> int | None:
        known = self._next.get(job.id)
        if known is not None and known[:2] == (job.content, job.done_until):
            return known[2]
        content = job_content.from_json(job.content)
        found = next(iter(schedule.following(content.schedule, job.done_until, jobs.zone(self._system), 1)), None)
        self._next[job.id] = (job.content, job.done_until, found)
        return found

    def _take(self, job: Kept, now: int) -> None:
        """Note every run that is due; the last one is done, unless it was missed and is not to be made up for."""
        content = job_content.from_json(job.content)
        due = schedule.between(content.schedule, job.done_until, now, jobs.zone(self._system), MOST_MISSED)
        last, before = due[-1], len(due) - 1
        late = now - last
        with self._system.database.transaction() as db:
            if stored.find(db, job.id) != job:
                return  # changed meanwhile
            stored.done_until(db, job.id, now)
            if (
                late <= ON_TIME_S
                or content.missed == "once"
                or (content.missed == "within" and late <= content.within_s)
            ):
                if before:
                    self._note_missed(db, job, due[-2], now, before - 1)
                stored.plan(db, job.id, "value", last, now)
            else:
                self._note_missed(db, job, last, now, before)

    def _note_missed(self, db: sqlite3.Connection, job: Kept, planned_at: int, now: int, before: int) -> None:
        run_id = stored.plan(db, job.id, "value", planned_at, now, before)
        said = Message("the program was not running, or its clock was wrong")
        stored.end(db, run_id, now, "missed", said)
        log.warning("job %d (%s): %d of its runs were missed", job.id, job.name, before + 1)

    def _begin(self) -> None:
        """A thread of the poller for each heat pump that has something to do."""
        now, db = int(self._system.clock()), self._system.database.connection()
        due = [run for run in stored.open_runs(db) if run.try_at is not None and run.try_at <= now]
        if not due:
            return
        owners = {job.id: job for job in stored.all_of_them(db)}
        for heatpump_id in {owners[run.job_id].heatpump_id for run in due if run.job_id in owners}:
            with self._turn:
                if heatpump_id in self._busy:
                    continue
                self._busy.add(heatpump_id)
            own = [run for run in due if owners[run.job_id].heatpump_id == heatpump_id]
            self._system.poller.once(lambda own=own, heatpump_id=heatpump_id: self._run_all(heatpump_id, own))  # type: ignore[misc]

    def _run_all(self, heatpump_id: str, runs: Iterable[Run]) -> None:
        try:
            for run in runs:
                if self._system.ending.is_set():
                    return
                self.run(run)
        except (Rejected, sqlite3.Error) as error:  # it stays open, and is tried with the next look
            log.error("jobs of %s wait: %s", heatpump_id, error)
        finally:
            with self._turn:
                self._busy.discard(heatpump_id)

    def run(self, run: Run) -> None:
        """Do one run now, and keep what became of it."""
        job = stored.find(self._system.database.connection(), run.job_id)
        if job is None:
            return
        content = job_content.from_json(job.content)
        if self._system.clock() > max(run.planned_at + ON_TIME_S, self._tries_until(run, content)):
            self._end(run, "missed", run.said or Message("the program ended before it was done"))
            return
        if run.part == "value":
            unmet = self._unmet(job, content)
            if unmet is not None:
                self._end(run, "not met", unmet)
                return
            value = content.value
        elif content.end_value is not None:
            value = content.end_value
        else:
            self._end(run, "skipped", Message("the job has no end value any more"))
            return
        outcome = control.set_value(
            self._system, Actor("job", job.name), job.heatpump_id, content.sensor, value, until=None
        )
        assert outcome.kind != "planned"
        now = int(self._system.clock())
        again_until = self._tries_until(run, content)
        if outcome.kind in ("failed", "unconfirmed") and now + TRY_AGAIN_S <= again_until:
            with self._system.database.transaction() as db:
                stored.try_later(db, run.id, now + TRY_AGAIN_S, outcome.said)
            return
        self._end(run, outcome.kind, outcome.said, outcome.entry_id)
        if run.part == "value" and outcome.kind in ("confirmed", "skipped", "unconfirmed"):
            self._plan_end(job, content, run)

    def _plan_end(self, job: Kept, content: Content, run: Run) -> None:
        if content.end_after_s is None:
            return
        now = int(self._system.clock())
        at = max(now, run.planned_at + content.end_after_s)
        with self._system.database.transaction() as db:
            for other in stored.open_runs(db):
                if other.job_id == job.id and other.part == "end":
                    stored.end(db, other.id, now, "skipped", Message("the job ran again before its end"))
            stored.plan(db, job.id, "end", at, at)

    def _tries_until(self, run: Run, content: Content) -> int:
        """Until when a run that failed is tried again. An end is owed until it worked, or the job runs again."""
        coming = schedule.following(content.schedule, run.planned_at, jobs.zone(self._system), 1)
        following = coming[0] if coming else run.planned_at + schedule.YEAR_S
        if run.part == "end":
            return FOREVER
        if content.missed == "once":
            return following
        return min(following, run.planned_at + content.within_s) if content.missed == "within" else run.planned_at

    def _unmet(self, job: Kept, content: Content) -> Message | None:
        """Why the condition does not hold, or None."""
        wanted = content.condition
        if wanted is None:
            return None
        pump = heatpumps.get(self._system, job.heatpump_id)
        model = models.of(self._system, pump)
        sensor = model.every_sensor.get(wanted.sensor) if model is not None else None
        sample = self._system.latest.of(pump.id).get(wanted.sensor)
        facts: dict[str, object] = {"sensor": wanted.sensor}
        if model is None or sensor is None or sample is None or not isinstance(sample.value, int | float):
            return Message("%(sensor)s, which the condition looks at, has no value", facts)
        if self._system.clock() - sample.at > values.gap(self._system, pump, model, sensor):
            return Message("%(sensor)s, which the condition looks at, has no new value", facts)
        if wanted.holds(sample.value):
            return None
        facts |= {"value": sample.value, "comparison": wanted.comparison, "number": wanted.number}
        return Message("%(sensor)s is %(value)g, and the condition is %(comparison)s %(number)g", facts)

    def _end(self, run: Run, outcome: RunOutcome, said: Message, audit_id: int | None = None) -> None:
        with self._system.database.transaction() as db:
            stored.end(db, run.id, int(self._system.clock()), outcome, said, audit_id)
