"""How late polls start: 1,000 heat pumps at 10 s, of which 5 % hang, against the same without hanging ones."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from datetime import UTC
from typing import Any

from apscheduler.events import EVENT_JOB_SUBMITTED, JobSubmissionEvent

from app.polling.poller import Poller
from app.store.heatpumps import HeatPump
from bench.figures import Figure, percentile

logging.getLogger("apscheduler").setLevel(logging.ERROR)

HEAT_PUMPS, INTERVAL_S, RUN_S = 1000, 10.0, 60.0
HANG_S = 5.0
"""A heat pump that hangs takes the whole default time-out of a request."""


class _Reader:
    """Stands in for a heat pump: answers at once, or hangs and is lost."""

    def __init__(self, number: int, hangs: bool) -> None:
        self.pump = HeatPump(f"hp-{number:04d}", "", "", "", {}, {}, True, 0, 0)
        self.hangs = hangs
        self.started: list[float] = []

    def poll(self) -> bool:
        self.started.append(time.time())
        if self.hangs:
            time.sleep(HANG_S)
        return not self.hangs

    def retire(self) -> None:
        pass


def measure() -> list[Figure]:
    all_good = _lateness(hanging_share=0.0)
    some_hang = _lateness(hanging_share=0.05)
    return [
        Figure("start lateness p99, 1,000 at 10 s", percentile(all_good, 0.99) * 1000, "ms", 50),
        Figure("start lateness p99 of the others, 5 % hang", percentile(some_hang, 0.99) * 1000, "ms", 50),
        Figure("start lateness p50 of the others, 5 % hang", percentile(some_hang, 0.5) * 1000, "ms"),
        Figure("polls of the others that did not run", _expected(0.05) - len(some_hang), "", 0),
    ]


def _expected(hanging_share: float) -> int:
    """At least so many grid polls of good heat pumps fit into the run."""
    return int(HEAT_PUMPS * (1 - hanging_share) * (RUN_S // INTERVAL_S - 2))


def _lateness(hanging_share: float) -> list[float]:
    poller = Poller()
    due: dict[str, list[float]] = defaultdict(list)
    poller._scheduler.add_listener(lambda event: _note(due, event), EVENT_JOB_SUBMITTED)
    every = round(1 / hanging_share) if hanging_share else 0
    readers = [_Reader(number, bool(every) and number % every == 0) for number in range(HEAT_PUMPS)]
    poller.start()
    begun = time.time()
    for reader in readers:
        poller.add(reader, INTERVAL_S)  # type: ignore[arg-type]
    time.sleep(RUN_S)
    poller.stop(HANG_S + 1)
    settled = begun + 2 * INTERVAL_S  # the first polls come all at once, on purpose
    return [
        started - scheduled
        for reader in readers
        if not reader.hangs
        for scheduled, started in zip(due[reader.pump.id], reader.started, strict=False)
        if scheduled > settled
    ]


def _note(due: dict[str, list[float]], event: JobSubmissionEvent) -> None:
    times: list[Any] = event.scheduled_run_times
    due[event.job_id].append(times[-1].astimezone(UTC).timestamp())
