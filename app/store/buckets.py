"""Minimum, mean, maximum, first and last of one sensor per bucket of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.store.counts import Counts
from app.store.floats import Floats
from app.store.integers import Integers, Narrow
from app.store.rollup import HourCounts


@dataclass(frozen=True, slots=True)
class Cuts:
    """Which buckets some times fall into, each once, and from where to where in the times each of these goes."""

    place: Integers | slice
    """A slice where it can be one, which numpy is quicker at."""
    begins: Integers
    ends: Integers

    @classmethod
    def of(cls, place: Integers, begins: Integers, ends: Integers) -> Cuts:
        whole = len(place) > 0 and place[-1] - place[0] + 1 == len(place)
        return cls(slice(int(place[0]), int(place[-1]) + 1) if whole else place, begins, ends)

    def of_present(self, present: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Cuts:
        """The same of only those times at which something is present."""
        before = np.concatenate(([0], np.cumsum(present)))
        begins, ends = before[self.begins], before[self.ends]
        filled = ends > begins
        place = np.arange(self.place.start, self.place.stop) if isinstance(self.place, slice) else self.place
        return Cuts.of(place[filled], begins[filled], ends[filled])


class Edges:
    """Bucket i holds edges[i] <= time < edges[i + 1]."""

    def __init__(self, edges: Integers) -> None:
        self.number = len(edges) - 1
        self._edges = edges
        self._times: Integers | None = None
        self._cuts = Cuts.of(edges[:0], edges[:0], edges[:0])

    def cuts(self, times: Integers) -> Cuts:
        """Times ascend and lie within the edges. Remembers the last: the series of a stretch share their times."""
        if times is not self._times and (self._times is None or not np.array_equal(times, self._times)):
            self._times, self._cuts = times, self._cut(times)
        return self._cuts

    def _cut(self, times: Integers) -> Cuts:
        if not len(times):
            return Cuts.of(times, times, times)
        from_bucket, last_bucket = self._edges.searchsorted(times[[0, -1]], "right") - 1
        cuts = times.searchsorted(self._edges[from_bucket : last_bucket + 2])
        filled = np.flatnonzero(cuts[1:] > cuts[:-1])
        return Cuts.of(filled + from_bucket, cuts[filled], cuts[filled + 1])


class Buckets:
    """What comes is in order of time. First and last are kept only if `ends`."""

    def __init__(self, number: int, ends: bool) -> None:
        self.ends = ends
        self.count = np.zeros(number, np.int64)
        self.total = np.zeros(number)
        self.low = np.full(number, np.inf)
        self.high = np.full(number, -np.inf)
        self.first = np.full(number, np.nan)
        self.last = np.full(number, np.nan)

    def add(self, cuts: Cuts, samples: Counts) -> None:
        """One number per time that was cut."""
        if not len(cuts.begins):
            return
        numbers, begins = samples.numbers, cuts.begins
        low, high = np.minimum.reduceat(numbers, begins), np.maximum.reduceat(numbers, begins)
        if numbers.dtype == np.float64 and np.isnan(low).any():  # cheaper than looking at every value
            present = ~np.isnan(numbers)
            self.add(cuts.of_present(present), Counts(numbers[present]))
            return
        count = cuts.ends - begins
        sums = _sums(numbers, begins, int(count.max()), low, high)
        if self.ends:
            self._end(cuts.place, samples.values(numbers[begins]), samples.values(numbers[cuts.ends - 1]))
        self._widen(cuts.place, samples.values(low), samples.values(high))
        self.total[cuts.place] += samples.totals(sums, count)
        self.count[cuts.place] += count

    def add_hours(self, cuts: Cuts, hours: HourCounts) -> None:
        """Whole hours, each in the bucket in which it begins."""
        if not len(cuts.begins):
            return
        begins, divisor = cuts.begins, hours.divisor
        if self.ends and hours.ends is not None:
            first, last = hours.ends
            self._end(cuts.place, first[begins] / divisor, last[cuts.ends - 1] / divisor)
        low, high = np.minimum.reduceat(hours.low, begins), np.maximum.reduceat(hours.high, begins)
        self._widen(cuts.place, low / divisor, high / divisor)
        self.total[cuts.place] += np.add.reduceat(hours.total, begins, dtype=np.float64) / divisor
        self.count[cuts.place] += np.add.reduceat(hours.count, begins)

    def mean(self) -> Floats:
        """NaN where nothing is."""
        with np.errstate(invalid="ignore"):
            return np.round(self.total / self.count, 6)

    def _widen(self, place: Integers | slice, low: Floats, high: Floats) -> None:
        self.low[place] = np.minimum(self.low[place], low)
        self.high[place] = np.maximum(self.high[place], high)

    def _end(self, place: Integers | slice, first: Floats, last: Floats) -> None:
        self.first[place] = np.where(self.count[place] == 0, first, self.first[place])
        self.last[place] = last


def _sums(
    numbers: Narrow | Floats, begins: Integers, longest: int, low: Narrow | Floats, high: Narrow | Floats
) -> Integers | Floats:
    """The sum from each beginning to the next; in the numbers' own type where no sum can leave it: that is fastest."""
    largest = max(-float(np.minimum.reduce(low)), float(np.maximum.reduce(high)))
    limit = 2.0 ** (8 * numbers.itemsize - 2)  # half of what the type holds, because this is a rounded estimate
    own = numbers.dtype != np.float64 and largest * longest < limit
    sums: Integers | Floats = np.add.reduceat(numbers, begins, dtype=numbers.dtype if own else np.float64)
    return sums
