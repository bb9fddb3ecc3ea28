"""One series over one closed stretch of time as a few bytes, exact to the last bit."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np

from app.store import floats, integers
from app.store.counts import Counts
from app.store.floats import Floats
from app.store.integers import Integers, Malformed, read_varint, varint

_FLOAT32, _FLOAT64, _LEVELS, _GAPS, _NOTHING = 0x10, 0x20, 0x40, 0x80, 0xFF
_DECIMALS = 0x0F
_COARSE_DECIMALS = 2
"""With more decimals than these, the numbers are not a decimal step's multiples but somebody's binary fractions."""
_SEAL_BYTES = 4


class BadChunk(Exception):
    """These bytes are damaged; the message says how."""


def pack(values: Floats, storage: str) -> bytes:
    """The values, NaN where there is nothing; texts are numbers (texts.id). Sealed with a checksum.

    Bytes: a form (bits 0..3: decimals of the values, or bit 4 / 5: bits of float32 / float64; bit 6: the numbers are
    places in a list of levels that comes first; bit 7: presence comes first; 0xFF: nothing at all), then packed
    integers, each list but the last with its length in bytes, and levels with their number before.
    """
    present = ~np.isnan(values)
    if not present.any():
        return sealed(bytes([_NOTHING]))
    gaps = b""
    if not present.all():
        gaps = _with_length(integers.pack(present.astype(np.int64)))
        values = values[present]
    form, body = min(_candidates(values, storage), key=lambda candidate: len(candidate[1]))
    return sealed(bytes([form | (_GAPS if gaps else 0)]) + gaps + body)


def unpack(packed: bytes, count: int) -> Floats:
    """The `count` values, NaN where there is nothing. Raises BadChunk."""
    content = opened(packed)
    try:
        return _unpacked(content, count)
    except (Malformed, IndexError) as error:
        raise BadChunk(str(error)) from error


def unpack_counts(packed: bytes, count: int) -> Counts:
    """The values, not computed yet where they are whole numbers of a decimal step. Raises BadChunk."""
    if packed[:1] and not packed[0] & ~_DECIMALS:
        try:
            moved = integers.unpack_moved(opened(packed)[1:], count)
        except Malformed as error:
            raise BadChunk(str(error)) from error
        return Counts(moved.numbers, moved.divisor, moved.origin, 10.0 ** packed[0])
    return Counts(unpack(packed, count))


def sealed(content: bytes) -> bytes:
    return content + zlib.crc32(content).to_bytes(_SEAL_BYTES, "little")


def opened(packed: bytes) -> bytes:
    """What was sealed. Raises BadChunk when a bit of it changed."""
    content, seal = packed[:-_SEAL_BYTES], packed[-_SEAL_BYTES:]
    if not content or zlib.crc32(content).to_bytes(_SEAL_BYTES, "little") != seal:
        raise BadChunk("the checksum does not fit")
    return content


def _candidates(values: Floats, storage: str) -> Iterator[tuple[int, bytes]]:
    decimals = floats.decimals_of(values)
    if decimals is not None:
        yield from _plain_or_levels(decimals, floats.counts_of(values, decimals), decimals > _COARSE_DECIMALS)
    if storage == "float32" and (decimals is None or decimals > _COARSE_DECIMALS):
        yield from _plain_or_levels(_FLOAT32, floats.bits32(values), True)
    elif decimals is None:
        yield from _plain_or_levels(_FLOAT64, floats.bits64(values), True)


def _plain_or_levels(form: int, numbers: Integers, fine: bool) -> Iterator[tuple[int, bytes]]:
    yield form, integers.pack(numbers)
    if not fine:
        return
    levels, places = np.unique(numbers, return_inverse=True)
    if len(levels) < len(numbers) // 2:
        listed = varint(len(levels)) + _with_length(integers.pack(levels))
        yield form | _LEVELS, listed + integers.pack(places.astype(np.int64))


def _unpacked(content: bytes, count: int) -> Floats:
    form, at = content[0], 1
    if form == _NOTHING:
        return np.full(count, np.nan)
    present = None
    if form & _GAPS:
        gaps, at = _of_length(content, at)
        present = integers.unpack(gaps, count).astype(bool)
    number = count if present is None else int(present.sum())
    levels = None
    if form & _LEVELS:
        how_many, at = read_varint(content, at)
        listed, at = _of_length(content, at)
        levels = integers.unpack(listed, how_many)
    numbers = integers.unpack(content[at:], number)
    values = _values(form, numbers if levels is None else levels[numbers])
    if present is None:
        return values
    whole = np.full(count, np.nan)
    whole[present] = values
    return whole


def _values(form: int, numbers: Integers) -> Floats:
    if form & _FLOAT32:
        return floats.from_bits32(numbers)
    if form & _FLOAT64:
        return floats.from_bits64(numbers)
    return floats.from_counts(numbers, form & _DECIMALS)


def _with_length(content: bytes) -> bytes:
    return varint(len(content)) + content


def _of_length(content: bytes, at: int) -> tuple[bytes, int]:
    length, at = read_varint(content, at)
    return content[at : at + length], at + length
