"""Reads every enabled heat pump on its own schedule; one that hangs delays no other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.job import Job
from apscheduler.jobstores.base import JobLookupError
from apscheduler.triggers.interval import IntervalTrigger

from app.polling.reader import Reader
from app.polling.steady import SteadyScheduler
from app.store.heatpumps import HeatPump

STEADY, UNSURE, BACKGROUND, GLANCE, PULSE = "steady", "unsure", "background", "glance", "pulse"
THREADS = {STEADY: 20, UNSURE: 20, BACKGROUND: 1, GLANCE: 1, PULSE: 1}
"""Heat pumps that last answered, and those that are new or lost: one that hangs holds up only its like. And one thread
for long work, one for what somebody looks at meanwhile, and one by which the scheduler proves that it lives.

Threads are made when they are first needed, so a small house has a few.
"""

PULSE_S, STILL_S = 2.0, 60.0
"""The scheduler's own beat, and how long it may stay away before it counts as stuck."""

POLLS_STILL_S, POLLS_STILL_INTERVALS = 900.0, 3
"""Every poll ends in time, well or badly. When none of any heat pump has for so long, all of them are stuck."""

FIRST_POLLS_APART_S = 0.05
GOLDEN_RATIO = 0.6180339887498949
"""Its multiples, modulo 1, spread any number of starts evenly over an interval, whoever comes and goes."""

log = logging.getLogger(__name__)


class _Lane(ThreadPoolExecutor):  # type: ignore[misc]
    """A pool of threads; `due` learns when a job should have begun (monotonic seconds) before a thread takes it."""

    def __init__(self, threads: int, due: dict[str, float]) -> None:
        super().__init__(threads)
        self._due = due

    def _do_submit_job(self, job: Job, run_times: Sequence[datetime]) -> None:
        self._due[job.id] = monotonic() - (datetime.now(UTC) - run_times[-1]).total_seconds()
        super()._do_submit_job(job, run_times)


class Poller:
    """One APScheduler job per reader; starts are staggered over the interval, and none is dropped for being late."""

    def __init__(self) -> None:
        self._due: dict[str, float] = {}
        self._late: dict[str, float] = {}
        self._scheduler = SteadyScheduler(
            timezone=UTC,
            executors={lane: _Lane(threads, self._due) for lane, threads in THREADS.items()},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        self._turn = threading.Condition()
        self._readers: dict[str, Reader] = {}
        self._running: set[str] = set()
        self._stopping = False
        self._taken_phases = 0
        self._beat_at: float | None = None
        self._ended_at: float | None = None
        self._intervals: dict[str, float] = {}

    @property
    def started(self) -> bool:
        return self._beat_at is not None

    def start(self) -> None:
        self._beat_at = self._ended_at = monotonic()
        self._scheduler.start()
        self.every(PULSE_S, self._beat, lane=PULSE)

    def when_the_clock_is_set(self, learn: Callable[[float], object]) -> None:
        """Have this told by how many seconds somebody set the computer's clock, ahead or (negative) back."""
        self._scheduler.clock_was_set.append(learn)

    def stuck(self) -> str | None:
        """What does not move any more though it should; None while everything does, and before the start."""
        if self._beat_at is None or self._ended_at is None or self._stopping:
            return None
        now = monotonic()
        if now - self._beat_at > STILL_S:
            return f"the scheduler has begun nothing for {now - self._beat_at:.0f} s"
        with self._turn:
            shortest_s = min(self._intervals.values(), default=None)
        if shortest_s is None:
            return None
        still_s = now - self._ended_at
        if still_s > max(POLLS_STILL_S, POLLS_STILL_INTERVALS * shortest_s):
            return f"no poll has ended for {still_s:.0f} s"
        return None

    def kept_at(self) -> float | None:
        """When a reading of any heat pump was last committed, in monotonic seconds."""
        with self._turn:
            readers = list(self._readers.values())
        return max((reader.kept_at for reader in readers if reader.kept_at is not None), default=None)

    def unkept_because(self) -> str | None:
        """Why the last reading of a heat pump could not be kept; None when none failed."""
        with self._turn:
            readers = list(self._readers.values())
        return next((reader.unkept_because for reader in readers if reader.unkept_because is not None), None)

    def keeps(self, within_s: float) -> bool:
        """Whether readings are being kept now: one within these seconds, or within three of the shortest interval."""
        kept_at = self.kept_at()
        with self._turn:
            shortest_s = min(self._intervals.values(), default=0.0)
        longest_s = max(within_s, POLLS_STILL_INTERVALS * shortest_s)
        return kept_at is not None and monotonic() - kept_at <= longest_s

    def stop(self, grace_s: float) -> bool:
        """Start no more polls and let running ones finish; False when some still hang after `grace_s` seconds."""
        deadline = monotonic() + grace_s
        with self._turn:
            self._stopping = True
        self._scheduler.shutdown(wait=False)
        with self._turn:
            while self._running and (left := deadline - monotonic()) > 0:
                self._turn.wait(left)
            finished = not self._running
            readers = list(self._readers.values())
        for reader in readers:
            reader.retire()
        return finished

    def add(self, reader: Reader, interval_s: float) -> None:
        """Read this heat pump from now on, at once and then every `interval_s` seconds."""
        heatpump_id = reader.pump.id
        now = datetime.now(UTC)
        with self._turn:
            if not self._intervals:
                self._ended_at = monotonic()  # there was nothing to poll until now
            self._readers[heatpump_id] = reader
            self._intervals[heatpump_id] = interval_s
            self._taken_phases += 1
            phase = self._taken_phases * GOLDEN_RATIO % 1
            first = now + timedelta(seconds=len(self._readers) * min(FIRST_POLLS_APART_S, interval_s / 1000))
        self._scheduler.add_job(
            self._poll,
            IntervalTrigger(seconds=interval_s, start_date=now + timedelta(seconds=phase * interval_s), timezone=UTC),
            args=(heatpump_id,),
            id=heatpump_id,
            name=f"read {heatpump_id}",
            executor=UNSURE,
            next_run_time=first,
            replace_existing=True,
        )

    def remove(self, heatpump_id: str) -> None:
        """Read this heat pump no more; does nothing when it is not read."""
        with self._turn:
            reader = self._readers.pop(heatpump_id, None)
            self._intervals.pop(heatpump_id, None)
        if reader is not None:
            self._scheduler.remove_job(heatpump_id)
            self._due.pop(heatpump_id, None)
            self._late.pop(heatpump_id, None)
            reader.retire()

    def every(
        self, interval_s: float, action: Callable[[], object], *, lane: str = STEADY, first_s: float | None = None
    ) -> None:
        """Also do this, again and again, at first after `first_s` seconds (or one interval)."""
        first = datetime.now(UTC) + timedelta(seconds=interval_s if first_s is None else first_s)
        self._scheduler.add_job(
            action, IntervalTrigger(seconds=interval_s, timezone=UTC), executor=lane, next_run_time=first
        )

    def once(self, action: Callable[[], object]) -> None:
        """Also do this now, in a thread of those that may hang."""
        self._scheduler.add_job(action, executor=UNSURE)

    def pumps(self) -> dict[str, HeatPump]:
        """The heat pumps that are being polled, as they were when their polling began."""
        with self._turn:
            return {heatpump_id: reader.pump for heatpump_id, reader in self._readers.items()}

    def reader(self, heatpump_id: str) -> Reader | None:
        """The reader of a heat pump that is being polled."""
        return self._readers.get(heatpump_id)

    def late_s(self, heatpump_id: str) -> float | None:
        """How many seconds after its time the last poll began; None before the first one."""
        return self._late.get(heatpump_id)

    def waiting(self) -> int:
        """How many polls are due and wait for a thread."""
        with self._turn:
            return sum(heatpump_id in self._due for heatpump_id in self._readers)

    def running(self) -> int:
        """How many polls are on the wire."""
        with self._turn:
            return len(self._running)

    def _poll(self, heatpump_id: str) -> None:
        now = monotonic()
        due = self._due.pop(heatpump_id, now)
        with self._turn:
            reader = self._readers.get(heatpump_id)
            if reader is None or self._stopping:
                return
            self._late[heatpump_id] = max(0.0, now - due)
            self._running.add(heatpump_id)
        lane = UNSURE
        try:
            lane = STEADY if reader.poll() else UNSURE
        except Exception:  # the edge of a job: one heat pump must not stop the others
            log.exception("%s: a poll failed for a reason of our own", heatpump_id)
        finally:
            with self._turn:
                self._running.discard(heatpump_id)
                self._ended_at = monotonic()
                self._turn.notify_all()
        self._move(heatpump_id, lane)

    def _beat(self) -> None:
        self._beat_at = monotonic()

    def _move(self, heatpump_id: str, lane: str) -> None:
        try:
            if self._scheduler.get_job(heatpump_id).executor != lane:
                self._scheduler.modify_job(heatpump_id, executor=lane)
        except (JobLookupError, AttributeError):
            return  # it was removed meanwhile
