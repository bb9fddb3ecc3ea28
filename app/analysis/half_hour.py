"""The COP of the last half hour, from the last few readings; without numpy, for a page of many heat pumps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

NOW_S, NOW_LEAST_S = 1800, 900
BELIEVABLE_COP = (0.5, 10.0)
P_START_KW = 0.15
"""From this electrical input on a heat pump counts as running."""
LONGEST_HELD_S = 900
"""A value is held over runs without one that are shorter than this (definition of emoncms' heat pump view)."""
KEPT_S = NOW_S + LONGEST_HELD_S
STEP_S = 60

Hidden = Literal["too little known", "not running", "not believable"]


@dataclass(frozen=True, slots=True)
class Now:
    """`value` is None when it would mislead, and `hidden` says why."""

    value: float | None
    hidden: Hidden | None


def ratio(heat: Iterable[float], electric: Iterable[float], step_s: int) -> Now:
    """Ratio of the means of heat and electricity (kW per slot, NaN is nothing) where both are known."""
    both = [(q, p) for q, p in zip(heat, electric, strict=True) if not (math.isnan(q) or math.isnan(p))]
    if len(both) * step_s < NOW_LEAST_S:
        return Now(None, "too little known")
    drawn = math.fsum(p for _, p in both)
    cop = math.fsum(q for q, _ in both) / drawn if drawn > 0 else math.nan
    if BELIEVABLE_COP[0] <= cop <= BELIEVABLE_COP[1]:
        return Now(cop, None)
    return Now(None, "not running" if drawn < P_START_KW * len(both) else "not believable")


def slots(samples: Sequence[tuple[int, float]], until: int) -> list[float]:
    """The mean per minute of the last half hour before `until` (UTC seconds), short gaps held; NaN is nothing."""
    begin = until - KEPT_S
    sums: dict[int, float] = {}
    counts: dict[int, int] = {}
    for at, value in samples:
        if begin <= at < until and math.isfinite(value):
            place = (at - begin) // STEP_S
            sums[place] = sums.get(place, 0.0) + value
            counts[place] = counts.get(place, 0) + 1
    found = [sums[place] / counts[place] if place in sums else math.nan for place in range(KEPT_S // STEP_S)]
    return _held(found)[-NOW_S // STEP_S :]


def _held(values: list[float]) -> list[float]:
    """Runs without a value that are shorter than LONGEST_HELD_S repeat the value before them."""
    known = [place for place, value in enumerate(values) if not math.isnan(value)]
    for place, after in pairwise([*known, len(values)]):
        if (after - place - 1) * STEP_S < LONGEST_HELD_S:
            values[place + 1 : after] = [values[place]] * (after - place - 1)
    return values
