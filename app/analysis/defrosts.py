"""Defrosts: as the machine says, else as heat and spread show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.analysis import grid
from app.analysis.cycles import compressor
from app.analysis.grid import Flags
from app.analysis.window import Window

COLD_SPREAD_K = -0.5
CONSISTENT_READINGS, RECOVERY_S = 3, 300
"""A defrost is over when heat and spread were good for so many readings, or for so long."""


@dataclass(frozen=True, slots=True)
class Defrosts:
    """Begin and end of each (UTC seconds); `share` of the compressor's time, 0 to 1, None when it never ran."""

    spans: tuple[tuple[int, int], ...]
    share: float | None

    @property
    def count(self) -> int:
        return len(self.spans)

    @property
    def seconds(self) -> int:
        return sum(end - begin for begin, end in self.spans)


def of(window: Window) -> Defrosts:
    flags = flagged(window)
    spans = tuple(
        (window.start + first * window.step_s, window.start + after * window.step_s)
        for first, after in grid.runs(flags)
    )
    on, known = compressor(window)
    running = int(np.sum(on & known))
    return Defrosts(spans, float(np.sum(flags)) / running if running else None)


def flagged(window: Window) -> Flags:
    """Per slot whether it belongs to a defrost."""
    if window.has("defrost"):
        return window.column("defrost") > 0.5
    if window.in_mode("defrost").any():
        return window.in_mode("defrost")
    return _seen(window)


def _seen(window: Window) -> Flags:
    """From heat ≤ 0 or a spread below −0.5 K while running, until both are good again for long enough.

    No heat yet after a start is not taken for a defrost: the run must have delivered some before.
    """
    on, _ = compressor(window)
    heat, spread = window.heat, window.column("temp_flow") - window.column("temp_return")
    chilling = window.in_mode("cooling")
    bad = on & ~chilling & ((heat < 0) | (spread < COLD_SPREAD_K) | ((heat == 0) & _delivered_before(window, on)))
    good = ~((heat <= 0) | (spread <= 0)) & (np.isfinite(heat) | np.isfinite(spread))
    enough = max(1, min(CONSISTENT_READINGS, -(-RECOVERY_S // window.step_s)))
    flags = np.zeros(window.size, dtype=bool)
    begun, well = None, 0
    for place in range(window.size):
        if begun is None:
            if bad[place]:
                begun, well = place, 0
            continue
        well = well + 1 if good[place] else 0
        if well == enough or not on[place]:
            end = place + 1 - well if on[place] else place
            flags[begun:end] = True
            begun = None
    if begun is not None:
        flags[begun : window.size - well] = True
    return flags


def _delivered_before(window: Window, on: Flags) -> Flags:
    """Whether heat was delivered earlier in the same run."""
    delivered = np.zeros(window.size, dtype=bool)
    for first, after in grid.runs(on):
        delivered[first:after] = np.maximum.accumulate(window.heat[first:after] > 0)
    return delivered
