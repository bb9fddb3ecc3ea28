"""What a counter really counted: falls, restarts and spikes are repaired or refused, never trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.analysis.grid import Floats, Times

MARGIN = 1.5
"""A counter may run this much faster than the machine can before its step is taken for a spike."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Increments, each with the time it was seen at; `repaired` counts what was mended, `refused` what was left out.

    `resolution` is the smallest step that was seen, NaN when it never moved; `since` the first reading's time.
    """

    times: Times
    increments: Floats
    repaired: int
    refused: int
    resolution: float
    since: int = 0

    @property
    def total(self) -> float:
        return float(np.sum(self.increments))

    def between(self, start: int, end: int) -> float:
        return float(np.sum(self.increments[(self.times > start) & (self.times <= end)]))


def counted(times: Times, values: Floats, fastest_per_h: float) -> Counted:
    """The increments of a counter that rises by at most `fastest_per_h` (its unit per hour).

    A single reading off the course of its neighbours is a spike and left out. A fall to a smaller value that then goes
    on is a restart: what it shows since is counted if the machine can have done it meanwhile, else only what follows.
    A jump that stays is refused: nobody knows what it stands for.
    """
    known = np.isfinite(values)
    times, values = times[known], values[known]
    order = np.argsort(times, kind="stable")
    times, values = times[order], values[order]
    good, spikes = _without_spikes(times, values, fastest_per_h)
    times, values = times[good], values[good]
    steps = np.diff(values)
    most = _most(np.diff(times), fastest_per_h)
    fell, jumped = steps < 0, steps > most
    restarted = fell & (values[1:] >= 0) & (values[1:] <= most)
    increments = np.where(restarted, values[1:], np.where(fell | jumped, 0.0, steps))
    rising = steps[(steps > 0) & ~jumped]
    return Counted(
        times[1:],
        increments,
        repaired=spikes + int(np.sum(restarted)),
        refused=int(np.sum((fell & ~restarted) | jumped)),
        resolution=float(np.min(rising)) if rising.size else float("nan"),
        since=int(times[0]) if times.size else 0,
    )


def _most(seconds: Times, fastest_per_h: float) -> Floats:
    """How far a counter may have come; one unit more, because a whole-numbered counter steps late."""
    return np.asarray(seconds / 3600 * fastest_per_h * MARGIN + 1.0, dtype=np.float64)


def _without_spikes(times: Times, values: Floats, fastest_per_h: float) -> tuple[np.ndarray, int]:
    """Which readings to keep, and how many are spikes: away from both neighbours, which fit each other."""
    keep = np.ones(values.size, dtype=bool)
    if values.size < 3:
        return keep, 0
    steps, most = np.diff(values), _most(np.diff(times), fastest_per_h)
    suspicious = np.flatnonzero((steps < 0) | (steps > most)) + 1
    before = 0
    for place in suspicious.tolist():
        before = place - 1
        while before >= 0 and not keep[before]:
            before -= 1
        after = place + 1
        if before < 0 or after >= values.size or not keep[place]:
            continue
        across = values[after] - values[before]
        fits = 0 <= across <= _most(times[after : after + 1] - times[before], fastest_per_h)[0]
        off = values[place] < values[before] or values[place] > values[after]
        keep[place] = not (fits and off)
    return keep, int(np.sum(~keep))
