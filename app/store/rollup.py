"""The hours of one series in a closed stretch: minimum, mean, maximum, count, first and last of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.store import floats, integers
from app.store.chunk import BadChunk, opened, sealed
from app.store.floats import Floats
from app.store.integers import Integers, Malformed, read_varint, varint

HOUR_S = 3600

_BINARY, _COUNTER, _RISING = 0x20, 0x40, 0x80
_COUNTER_SHARE = 0.75
"""Something that rises through at least so many of its hours counts, and its jumps back are told by the firsts."""
_DECIMALS = 0x0F
_EXACT = 2.0**52
_LISTS_WITHOUT_ENDS = 5


@dataclass(frozen=True, slots=True)
class Hours:
    """Only hours with a value. `starts` in UTC seconds, whole hours; `total` is the sum of the values.

    `first` is NaN for a series that does not count.
    """

    starts: Integers
    count: Integers
    low: Floats
    high: Floats
    total: Floats
    first: Floats
    last: Floats

    def columns(self) -> tuple[Integers, Integers, Floats, Floats, Floats, Floats, Floats]:
        return self.starts, self.count, self.low, self.high, self.total, self.first, self.last


@dataclass(frozen=True, slots=True)
class HourCounts:
    """Hours whose values are still to be divided by a divisor."""

    starts: Integers
    count: Integers
    low: Integers | Floats
    high: Integers | Floats
    total: Integers | Floats
    ends: tuple[Integers | Floats, Integers | Floats] | None
    """First and last; None where they were not asked for."""
    divisor: float = 1.0

    def values(self) -> Hours:
        """Only of hours whose first and last were asked for."""
        columns = (each / self.divisor for each in (self.low, self.high, self.total, *(self.ends or ())))
        return Hours(self.starts, self.count, *columns)

    def between(self, first: int, last: int) -> HourCounts:
        """The hours that begin at `first` or later and end at `last` or earlier (UTC seconds)."""
        if not len(self.starts) or (first <= self.starts[0] and self.starts[-1] + HOUR_S <= last):
            return self
        begin, end = np.searchsorted(self.starts, [first, last - HOUR_S + 1])
        return HourCounts(
            self.starts[begin:end],
            self.count[begin:end],
            self.low[begin:end],
            self.high[begin:end],
            self.total[begin:end],
            None if self.ends is None else (self.ends[0][begin:end], self.ends[1][begin:end]),
            self.divisor,
        )


def of(times: Integers, values: Floats) -> Hours:
    """The hours of these samples; times ascend, NaN is no value."""
    present = ~np.isnan(values)
    if not present.all():
        times, values = times[present], values[present]
    hours = times // HOUR_S
    begins = np.flatnonzero(np.diff(hours, prepend=-1)) if len(hours) else np.zeros(0, np.int64)
    ends = np.append(begins[1:], len(hours)).astype(np.int64)
    if not len(begins):
        return _none()
    return Hours(
        hours[begins] * HOUR_S,
        ends - begins,
        np.minimum.reduceat(values, begins),
        np.maximum.reduceat(values, begins),
        np.add.reduceat(values, begins),
        values[begins],
        values[ends - 1],
    )


def joined(stretches: Sequence[Hours]) -> Hours:
    """The hours of several stretches; an hour that lies in two of them is one again."""
    if not stretches:
        return _none()
    starts = np.concatenate([stretch.starts for stretch in stretches])
    order = np.argsort(starts, kind="stable")
    starts, count = starts[order], np.concatenate([stretch.count for stretch in stretches])[order]
    low, high, total, first, last = (
        np.concatenate([stretch.columns()[place] for stretch in stretches])[order] for place in range(2, 7)
    )
    begins = np.flatnonzero(np.diff(starts, prepend=-1))
    if len(begins) == len(starts):
        return Hours(starts, count, low, high, total, first, last)
    ends = np.append(begins[1:], len(starts))
    return Hours(
        starts[begins],
        np.add.reduceat(count, begins),
        np.minimum.reduceat(low, begins),
        np.maximum.reduceat(high, begins),
        np.add.reduceat(total, begins),
        first[begins],
        last[ends - 1],
    )


def pack(hours: Hours) -> bytes:
    """Sealed with a checksum; sums are exact where the values have decimals, else means are kept as float32.

    Bytes: the number of hours, a form (bits 0..3: decimals, bit 5: arbitrary binary fractions instead; bit 6: firsts
    are kept; bit 7: each hour's first is its minimum and its last its maximum), then packed integers, each list with
    its length before.
    """
    number = len(hours.starts)
    if not number:
        return sealed(varint(0))
    rises = (hours.first == hours.low) & (hours.last == hours.high)
    form, ends = 0, [hours.last]
    if rises.all():
        form, ends = _RISING, []
    elif rises.mean() >= _COUNTER_SHARE:
        form, ends = _COUNTER, [hours.last, hours.first]
    decimals = floats.decimals_of(np.concatenate([hours.low, hours.high, *ends]))
    if decimals is None or np.abs(hours.total).max() * 10.0**decimals >= _EXACT:
        form, columns = form | _BINARY, _binary(hours, ends)
    else:
        form, columns = form | decimals, _exact(hours, ends, decimals)
    lists = b"".join(
        varint(len(content)) + content
        for content in (integers.pack(column) for column in (hours.starts // HOUR_S, hours.count, *columns))
    )
    return sealed(varint(number) + bytes([form]) + lists)


def unpack(packed: bytes) -> Hours:
    """Raises BadChunk."""
    return unpack_counts(packed, ends=True).values()


def unpack_counts(packed: bytes, *, ends: bool) -> HourCounts:
    """The hours, not divided yet; first and last only if asked for, to spare unpacking them. Raises BadChunk."""
    content = opened(packed)
    try:
        number, at = read_varint(content, 0)
        if not number:
            never = np.zeros(0, np.int64)
            return HourCounts(never, never, never, never, never, (never, never))
        form, at = content[at], at + 1
        lists: list[Integers] = []
        while at < len(content) and (ends or len(lists) < _LISTS_WITHOUT_ENDS):
            length, at = read_varint(content, at)
            lists.append(integers.unpack(content[at : at + length], number))
            at += length
        hour, count, *columns = lists
        unpacked = _from_binary(count, columns) if form & _BINARY else _from_exact(count, columns)
        low, high, total = unpacked[:3]
        found = _ends(form, low, high, unpacked[3:]) if ends else None
    except (Malformed, IndexError, ValueError) as error:
        raise BadChunk(str(error)) from error
    divisor = 1.0 if form & _BINARY else 10.0 ** (form & _DECIMALS)
    return HourCounts(hour * HOUR_S, count, low, high, total, found, divisor)


def _ends(
    form: int, low: Integers | Floats, high: Integers | Floats, kept: list[Integers | Floats]
) -> tuple[Integers | Floats, Integers | Floats]:
    """First and last."""
    if form & _RISING:
        return low, high
    if form & _COUNTER:
        last, first = kept
        return first, last
    (last,) = kept
    return np.full(len(last), np.nan), last


def _exact(hours: Hours, ends: list[Floats], decimals: int) -> list[Integers]:
    low, high = floats.counts_of(hours.low, decimals), floats.counts_of(hours.high, decimals)
    excess = floats.counts_of(hours.total, decimals) - hours.count * low
    return [low, high - low, excess, *(floats.counts_of(end, decimals) - low for end in ends)]


def _from_exact(count: Integers, columns: list[Integers]) -> list[Integers | Floats]:
    low, spread, excess, *ends = columns
    return [low, low + spread, excess + count * low, *(low + end for end in ends)]


def _binary(hours: Hours, ends: list[Floats]) -> list[Integers]:
    means = floats.bits32(hours.total / hours.count)
    return [floats.bits64(hours.low), floats.bits64(hours.high), means, *(floats.bits64(end) for end in ends)]


def _from_binary(count: Integers, columns: list[Integers]) -> list[Integers | Floats]:
    low, high, means, *ends = columns
    return [
        floats.from_bits64(low),
        floats.from_bits64(high),
        floats.from_bits32(means) * count,
        *(floats.from_bits64(end) for end in ends),
    ]


def _none() -> Hours:
    nothing = np.zeros(0)
    never = np.zeros(0, np.int64)
    return Hours(never, never, nothing, nothing, nothing, nothing, nothing)
