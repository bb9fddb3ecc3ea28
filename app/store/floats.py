"""Floating-point numbers by the column: the short way of writing float32, decimal steps, and order-preserving bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.store.integers import Integers
from drivers.float32 import shortest

Floats = NDArray[np.float64]

MOST_DECIMALS = 9
_SURELY_SHORTEST = 1e6
"""A float32 tells decimals of up to six digits apart, so one that comes back is the shortest."""
_EXACT = 2.0**53


def shortest_of_all(numbers: NDArray[np.float32]) -> Floats:
    """drivers.float32.shortest of each; fast where few digits do."""
    wide = numbers.astype(np.float64)
    written = np.empty_like(wide)
    left = np.ones(len(wide), bool)
    for decimals in range(7):
        with np.errstate(over="ignore", invalid="ignore"):
            counts = np.rint(wide * 10.0**decimals)
            short = counts / 10.0**decimals
            found = left & (np.abs(counts) < _SURELY_SHORTEST) & (short.astype(np.float32) == numbers)
        written[found] = short[found]
        left &= ~found
        if not left.any():
            break
    else:
        different, places = np.unique(numbers[left], return_inverse=True)
        written[left] = np.array([shortest(each) for each in different.tolist()])[places]
    return written + 0.0  # -0.0 becomes 0.0


def decimals_of(values: Floats) -> int | None:
    """The fewest decimals by which all values are exactly whole numbers divided by a power of ten, if there are."""
    if np.signbit(values[values == 0]).any():
        return None
    for decimals in range(MOST_DECIMALS + 1):
        with np.errstate(over="ignore", invalid="ignore"):
            counts = np.rint(values * 10.0**decimals)
            exact = np.abs(counts) < _EXACT
            exact &= counts / 10.0**decimals == values
        if exact.all():
            return decimals
    return None


def counts_of(values: Floats, decimals: int) -> Integers:
    return np.rint(values * 10.0**decimals).astype(np.int64)


def from_counts(counts: Integers, decimals: int) -> Floats:
    return counts / 10.0**decimals if decimals else counts.astype(np.float64)


def bits32(values: Floats) -> Integers:
    """The bits of these numbers as float32, as integers of the same order."""
    bits = values.astype(np.float32).view(np.int32)
    return np.where(bits < 0, bits ^ np.int32(0x7FFFFFFF), bits).astype(np.int64)


def from_bits32(ordered: Integers) -> Floats:
    bits = ordered.astype(np.int32)
    return shortest_of_all(np.where(bits < 0, bits ^ np.int32(0x7FFFFFFF), bits).view(np.float32))


def bits64(values: Floats) -> Integers:
    """The bits of these numbers as integers of the same order."""
    bits = values.view(np.int64)
    return np.where(bits < 0, bits ^ np.int64(0x7FFFFFFFFFFFFFFF), bits)


def from_bits64(ordered: Integers) -> Floats:
    return np.where(ordered < 0, ordered ^ np.int64(0x7FFFFFFFFFFFFFFF), ordered).view(np.float64)


def same(one: Floats, other: Floats) -> bool:
    """Equal to the last bit; NaN stands for nothing and equals itself."""
    nothing = np.isnan(one)
    if len(one) != len(other) or not np.array_equal(nothing, np.isnan(other)):
        return False
    return np.array_equal(one[~nothing].view(np.int64), other[~nothing].view(np.int64))
