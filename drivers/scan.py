"""Look for heat pumps at many addresses at once, without asking any machine for more than it takes to know it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from drivers.discovered import Found
from drivers.model import Model
from drivers.probe import USUAL, probe

AT_ONCE = 128
"""Addresses that are asked at the same time: most of them are nobody's, and cost only the wait."""

QUESTION_S = 1.5
"""How long one connection or answer is waited for. Controllers of the catalogue answer within some 50 ms."""

PORTS = tuple(USUAL)

Place = tuple[str, int]


def scan(
    places: Iterable[Place],
    models: Sequence[Model],
    *,
    question_s: float = QUESTION_S,
    ended: Callable[[], bool] = lambda: False,
) -> Iterator[Found]:
    """Who answers at each of these places, as they are found out, in no order. Ends early when `ended` says so."""
    waiting = iter(places)
    running: set[Future[Found]] = set()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="scan") as threads:
        while True:
            while len(running) < AT_ONCE and not ended():
                place = next(waiting, None)
                if place is None:
                    break
                running.add(threads.submit(probe, *place, models, question_s))
            if not running:
                return
            done, running = wait(running, timeout=question_s, return_when=FIRST_COMPLETED)
            for each in done:
                yield each.result()
