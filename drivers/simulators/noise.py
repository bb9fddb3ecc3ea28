"""Numbers that look random and are the same every time: a function of a seed and a place."""

from __future__ import annotations

from zlib import crc32

_MASK = 0xFFFFFFFF


def seed_for(seed: int, purpose: str) -> int:
    """A seed of its own for each purpose, so that two of them never move together."""
    return crc32(purpose.encode(), seed & _MASK)


def unit(seed: int, place: int) -> float:
    """A number in 0 ≤ x < 1 that belongs to this place (any integer) for good."""
    mixed = (seed ^ place * 0x9E3779B1) & _MASK
    mixed = (mixed ^ mixed >> 16) * 0x85EBCA6B & _MASK
    mixed = (mixed ^ mixed >> 13) * 0xC2B2AE35 & _MASK
    return (mixed ^ mixed >> 16) / 0x100000000


def between(seed: int, place: int, low: float, high: float) -> float:
    return low + (high - low) * unit(seed, place)


def jitter(seed: int, place: int) -> float:
    """A number in −1 < x < 1, mostly near 0 (the sum of two dice)."""
    return unit(seed, place) + unit(seed ^ _MASK, place) - 1


def drift(seed: int, at: float, period_s: float) -> float:
    """A smooth curve in −1..1 that changes its mind about once per period."""
    place, fraction = divmod(at / period_s, 1.0)
    before, after = unit(seed, int(place)), unit(seed, int(place) + 1)
    smooth = fraction * fraction * (3 - 2 * fraction)
    return 2 * (before + (after - before) * smooth) - 1
