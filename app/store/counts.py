"""A column as whole numbers that are not values yet: what is looked for in many is computed of few."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.store.floats import Floats
from app.store.integers import Integers, Narrow


@dataclass(frozen=True, slots=True)
class Counts:
    """The values are (number * step + origin) / divisor, with a step above 0; floats are the values themselves.

    NaN is no value.
    """

    numbers: Narrow | Floats
    step: int = 1
    origin: int = 0
    divisor: float = 1.0

    def between(self, begin: int, end: int) -> Counts:
        return Counts(self.numbers[begin:end], self.step, self.origin, self.divisor)

    def values(self, numbers: Narrow | Floats) -> Floats:
        """What some of the numbers stand for."""
        if numbers.dtype == np.float64:
            return numbers.astype(np.float64, copy=False)
        return (numbers.astype(np.int64) * self.step + self.origin) / self.divisor

    def totals(self, sums: Integers | Floats, count: Integers) -> Floats:
        """The sums of the values, from the sums of the numbers and how many these were."""
        if self.step == 1 and not self.origin and self.divisor == 1.0:
            return sums.astype(np.float64, copy=False)
        return (sums.astype(np.float64) * self.step + count * float(self.origin)) / self.divisor
