"""A scheduler whose intervals do not care how often, how far or which way somebody sets the computer's clock."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler

SET_S = 2.0
"""A clock that moved so much more or less than time has passed was set; less is how clocks are kept right."""

log = logging.getLogger(__name__)


class SteadyScheduler(BackgroundScheduler):  # type: ignore[misc]
    """All its jobs are intervals, and APScheduler plans them by the wall clock.

    A clock set back by an hour would stop them for an hour. One set ahead by a month – a computer without a battery
    that has found its time server – would have every single run of that month counted, once a second for some jobs.
    So before each look at the jobs, their times move by as much as the clock did.
    """

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)
        self._lead_s = _lead_s()
        self.clock_was_set: list[Callable[[float], object]] = []
        """Who else has to know by how many seconds; negative when it was set back."""

    def _process_jobs(self) -> float | None:
        lead_s = _lead_s()
        moved_s, self._lead_s = lead_s - self._lead_s, lead_s
        if abs(moved_s) > SET_S:
            self._follow(moved_s)
        wait_s: float | None = super()._process_jobs()
        return wait_s

    def _follow(self, moved_s: float) -> None:
        log.warning("the computer's clock was set %s by %.0f s", "ahead" if moved_s > 0 else "back", abs(moved_s))
        moved = timedelta(seconds=moved_s)
        with self._jobstores_lock:
            for store in self._jobstores.values():
                for job in store.get_all_jobs():
                    if job.next_run_time is not None:
                        job._modify(next_run_time=job.next_run_time + moved)
                        store.update_job(job)
        for learn in self.clock_was_set:
            try:
                learn(moved_s)
            except Exception:  # the edge of a thread: the jobs must go on
                log.exception("that the clock was set was not taken up for a reason of our own")


def _lead_s() -> float:
    """By how much the wall clock leads the one that nobody can set."""
    return time.time() - time.monotonic()
