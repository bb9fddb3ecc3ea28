"""Compressor cycles: starts, run times, periods, and whether a machine runs in short bursts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from app.analysis import grid
from app.analysis.grid import Flags
from app.analysis.window import Window

MANY_STARTS, WITHIN_S, SHORT_PERIOD_S, DAYS_IN_A_ROW = 6, 3600, 900, 3


@dataclass(frozen=True, slots=True)
class Cycles:
    """Starts and stops seen in a window (UTC seconds); a run under way at its edge counts where its edge is seen.

    `runs` are whole runs, start to stop; `periods` start to start; seconds each.
    """

    starts: tuple[int, ...]
    runs: tuple[int, ...]
    periods: tuple[int, ...]
    on_s: int

    @property
    def median_run_s(self) -> float | None:
        return float(np.median(self.runs)) if self.runs else None

    @property
    def median_period_s(self) -> float | None:
        return float(np.median(self.periods)) if self.periods else None

    @property
    def busiest_hour(self) -> int:
        """The most starts within some 60 minutes."""
        times = np.array(self.starts)
        if not times.size:
            return 0
        return int(np.max(np.searchsorted(times, times + WITHIN_S, side="left") - np.arange(times.size)))

    @property
    def short(self) -> bool:
        """Six starts or more within an hour, in periods of at most 15 minutes: one day of short cycling."""
        period = self.median_period_s
        return self.busiest_hour >= MANY_STARTS and period is not None and period <= SHORT_PERIOD_S


def compressor(window: Window) -> tuple[Flags, Flags]:
    """(on, known) per slot: the machine's own switch, else its frequency, else its electrical input. Never its mode."""
    if window.has("compressor_on"):
        column = window.column("compressor_on")
        return column > 0.5, np.isfinite(column)
    if window.has("compressor_frequency"):
        column = window.column("compressor_frequency")
        return column > 0, np.isfinite(column)
    return window.running, np.isfinite(window.electric)


def of(window: Window) -> Cycles:
    """The cycles of a window; an edge next to unknown time is no edge."""
    on, known = compressor(window)
    begun: list[int] = []
    runs: list[int] = []
    for first, after in grid.runs(on & known):
        seen_start = bool(known[first - 1]) if first > 0 else window.was_on is False
        seen_stop = after < on.size and bool(known[after])
        if seen_start:
            begun.append(first)
        if seen_start and seen_stop:
            runs.append((after - first) * window.step_s)
    unknown = np.flatnonzero(~known)
    periods = [
        (later - earlier) * window.step_s
        for earlier, later in pairwise(begun)
        if np.searchsorted(unknown, earlier) == np.searchsorted(unknown, later)
    ]
    starts = tuple(window.start + place * window.step_s for place in begun)
    return Cycles(starts, tuple(runs), tuple(periods), int(np.sum(on & known)) * window.step_s)


def short_cycling(days: Sequence[bool]) -> bool:
    """Whether some three days in a row cycled in short bursts; one day alone may have many reasons."""
    return any(all(days[first : first + DAYS_IN_A_ROW]) for first in range(len(days) - DAYS_IN_A_ROW + 1))
