"""Minimum, mean, maximum, first and last of one sensor per bucket of time."""

from __future__ import annotations

import numpy as np

from app.store.floats import Floats
from app.store.integers import Integers
from app.store.rollup import Hours


class Buckets:
    """Bucket i holds edges[i] <= time < edges[i + 1]. Samples come in order of time, all within the edges."""

    def __init__(self, edges: Integers) -> None:
        number = len(edges) - 1
        self.edges = edges
        self.count = np.zeros(number, np.int64)
        self.total = np.zeros(number)
        self.low = np.full(number, np.inf)
        self.high = np.full(number, -np.inf)
        self.first = np.full(number, np.nan)
        self.last = np.full(number, np.nan)

    def add(self, times: Integers, values: Integers | Floats, divisor: float = 1.0) -> None:
        """Samples, multiplied by a divisor; NaN is no value."""
        if not len(times):
            return
        place, begins, ends = self._places(times)
        total = np.add.reduceat(values, begins) / divisor
        if np.isnan(total).any():  # cheaper than looking at every value
            present = ~np.isnan(values)
            self.add(times[present], values[present], divisor)
            return
        self._end(place, values[begins] / divisor, values[ends - 1] / divisor)
        lowest, highest = np.minimum.reduceat(values, begins), np.maximum.reduceat(values, begins)
        self._widen(place, lowest / divisor, highest / divisor)
        self.total[place] += total
        self.count[place] += ends - begins

    def add_hours(self, hours: Hours) -> None:
        """Whole hours, each in the bucket in which it begins."""
        if not len(hours.starts):
            return
        place, begins, ends = self._places(hours.starts)
        self._end(place, hours.first[begins], hours.last[ends - 1])
        self._widen(place, np.minimum.reduceat(hours.low, begins), np.maximum.reduceat(hours.high, begins))
        self.total[place] += np.add.reduceat(hours.total, begins)
        self.count[place] += np.add.reduceat(hours.count, begins)

    def mean(self) -> Floats:
        """NaN where nothing is."""
        with np.errstate(invalid="ignore"):
            return np.round(self.total / self.count, 6)

    def _places(self, times: Integers) -> tuple[Integers, Integers, Integers]:
        """Which buckets the times fall into, and from where to where in the times each of these goes."""
        from_bucket, last_bucket = np.searchsorted(self.edges, times[[0, -1]], "right") - 1
        cuts = np.searchsorted(times, self.edges[from_bucket : last_bucket + 2])
        filled = np.flatnonzero(cuts[1:] > cuts[:-1])
        return filled + from_bucket, cuts[filled], cuts[filled + 1]

    def _widen(self, place: Integers, low: Floats, high: Floats) -> None:
        self.low[place] = np.minimum(self.low[place], low)
        self.high[place] = np.maximum(self.high[place], high)

    def _end(self, place: Integers, first: Floats, last: Floats) -> None:
        self.first[place] = np.where(self.count[place] > 0, self.first[place], first)
        self.last[place] = last
