"""Samples at irregular times, brought onto an even grid, with short gaps held."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.analysis.half_hour import LONGEST_HELD_S

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Times = NDArray[np.int64]
Words = NDArray[np.object_]
"""A state per slot; None where it is not known."""


def slots(start: int, end: int, step_s: int) -> int:
    """How many slots of `step_s` seconds cover start <= time < end."""
    return max(0, -(-(end - start) // step_s))


def numbers(times: Times, values: Floats, start: int, end: int, step_s: int) -> Floats:
    """The mean per slot of what was read in it; NaN where nothing was."""
    count = slots(start, end, step_s)
    usable = np.isfinite(values) & (times >= start) & (times < end)
    places = (times[usable] - start) // step_s
    sums = np.bincount(places, weights=values[usable], minlength=count)
    sizes = np.bincount(places, minlength=count)
    means: Floats = np.divide(sums, sizes, out=np.full(count, np.nan), where=sizes > 0)
    return means


def words(times: Times, states: Sequence[str | None], start: int, end: int, step_s: int) -> Words:
    """The last state per slot; None where nothing was read."""
    found = np.full(slots(start, end, step_s), None, dtype=object)
    for at, state in zip(times.tolist(), states, strict=True):
        if state is not None and start <= at < end:
            found[(at - start) // step_s] = state
    return found


def held(values: Floats, step_s: int, longest_s: int = LONGEST_HELD_S) -> Floats:
    """Runs without a value that are shorter than `longest_s` repeat the value before them; longer ones stay NaN."""
    return np.where(_bridged(np.isnan(values), step_s, longest_s), values[_last_known(np.isnan(values))], values)


def held_words(states: Words, step_s: int, longest_s: int = LONGEST_HELD_S) -> Words:
    missing = np.array([state is None for state in states], dtype=bool)
    return np.where(_bridged(missing, step_s, longest_s), states[_last_known(missing)], states)


def coverage(values: Floats) -> float:
    """The share of slots with a value, 0 to 1; 0 of nothing."""
    return float(np.mean(~np.isnan(values))) if values.size else 0.0


def runs(flags: Flags) -> list[tuple[int, int]]:
    """Where the flag is set without a break: (first slot, slot after the last) each."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def _last_known(missing: Flags) -> NDArray[np.intp]:
    return np.maximum.accumulate(np.where(missing, 0, np.arange(missing.size)))


def _bridged(missing: Flags, step_s: int, longest_s: int) -> Flags:
    """What lies in a short run of missing slots that has a known one before it."""
    bridged = np.zeros(missing.size, dtype=bool)
    for begin, end in runs(missing):
        if begin > 0 and (end - begin) * step_s < longest_s:
            bridged[begin:end] = True
    return bridged
