"""Whole numbers in as few bytes as zlib allows: differences of the best order, split into byte planes."""

from __future__ import annotations

import zlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Narrow = NDArray[np.int32] | NDArray[np.int64]

_CONSTANT, _EVEN, _DEFLATED = 0xFF, 0xFE, 0x10
_WIDTHS = (1, 2, 4, 8)
_HALVES = tuple(sum(0x80 << 8 * place for place in range(width)) for width in _WIDTHS)
"""Added to a number of either sign, it makes each of its bytes 128 more than its signed digit (-128..127)."""
_INT32_MAX = 2**31 - 1
_STRATEGIES = (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED)
_DEARER = (1.0, 1.0, 1.02)
"""Second differences take longer to read, so they have to save something."""
_FEW = 256
"""So few bytes gain nothing from a second attempt."""
_FARTHEST = 1 << 62
"""Numbers that lie further apart wrap around, which differences survive and a common divisor does not."""


class Malformed(ValueError):
    """These bytes were not made by `pack`."""


class Moved(NamedTuple):
    """Whole numbers before their common divisor and their origin: what needs only a few of them, or their sum, spares
    moving each. The divisor is positive."""

    numbers: Narrow
    divisor: int = 1
    origin: int = 0


def pack(numbers: Integers, order: int | None = None) -> bytes:
    """The numbers as bytes; `unpack` needs to be told how many there are. `order` (0..2) where it is known.

    Bytes: a form (order of the differences in bits 0..1, byte width in bits 2..3, bit 4: deflated), the origin, the
    common divisor and, for second differences, the first slope as variable-length integers, then the planes of the
    differences, lowest bytes first; each byte of a difference is 128 more than its signed digit. Form 0xFF: all are the
    origin. Form 0xFE: the origin, then even steps of the slope.
    """
    if not len(numbers):
        return b""
    smallest, largest, first = int(numbers.min()), int(numbers.max()), int(numbers[0])
    if smallest == largest:
        return bytes([_CONSTANT]) + varint(first)
    step = int(numbers[1]) - first
    if abs(step) < _FARTHEST // len(numbers) and (numbers[1:] - numbers[:-1] == step).all():
        return bytes([_EVEN]) + varint(first) + varint(step)
    moved = numbers - smallest
    divisor = int(np.gcd.reduce(moved)) if largest - smallest < _FARTHEST else 1
    if divisor > 1:
        moved //= divisor
    differences = moved[1:] - moved[:-1]
    slopes = differences[1:] - differences[:-1]
    orders = (moved, differences, slopes)
    if order is None:
        order = _best(*orders)
    head = varint(smallest if order == 0 else first) + varint(divisor)
    if order == 2:
        head += varint(int(differences[0]))
    place, planes = _planes(orders[order], signed=order > 0)
    form = order | place << 2
    deflated = _deflated(planes)
    if len(deflated) < len(planes):
        form, planes = form | _DEFLATED, deflated
    return bytes([form]) + head + planes


def unpack(packed: bytes, count: int) -> Integers:
    """The `count` numbers. Raises Malformed."""
    moved, divisor, origin = unpack_moved(packed, count)
    numbers = moved.astype(np.int64, copy=False)
    if divisor > 1:
        numbers *= divisor
    if origin:
        numbers += origin
    return numbers


def unpack_moved(packed: bytes, count: int) -> Moved:
    """The `count` numbers, int32 where they surely fit. Raises Malformed."""
    if not count:
        return Moved(np.zeros(0, np.int64))
    try:
        form = packed[0]
        origin, at = read_varint(packed, 1)
        if form == _CONSTANT:
            return Moved(np.zeros(count, np.int64), 1, origin)
        divisor, at = read_varint(packed, at)
        if form == _EVEN:
            return Moved(np.arange(count, dtype=np.int64) * divisor, 1, origin)
        order, place = form & 3, form >> 2 & 3
        slope = 0
        if order == 2:
            slope, at = read_varint(packed, at)
        expected = max(0, count - order) * _WIDTHS[place]
        planes = zlib.decompress(packed[at:], -15, expected + 1) if form & _DEFLATED else packed[at:]
    except (IndexError, zlib.error) as error:
        raise Malformed(str(error)) from error
    if form > 31 or order > 2 or divisor < 1 or len(planes) != expected:
        raise Malformed(f"{len(planes)} bytes of planes for {count} numbers")
    return Moved(_summed(planes, count, order, place, slope), divisor, origin)


def varint(number: int) -> bytes:
    """A signed integer, seven bits a byte."""
    rest = number << 1 if number >= 0 else (-number << 1) - 1
    content = bytearray()
    while rest > 127:
        content.append(rest & 127 | 128)
        rest >>= 7
    content.append(rest)
    return bytes(content)


def read_varint(content: bytes, at: int) -> tuple[int, int]:
    """The integer that begins at this place, and where the next thing begins. Raises IndexError."""
    rest = shift = 0
    while True:
        byte = content[at]
        rest |= (byte & 127) << shift
        shift += 7
        at += 1
        if byte < 128:
            return (-(rest + 1 >> 1) if rest & 1 else rest >> 1), at


def _best(moved: Integers, differences: Integers, slopes: Integers) -> int:
    """The bits that the numbers have tell well enough which order deflates best."""
    orders = (moved.view(np.uint64), _unsigned(differences), _unsigned(slopes))
    bits = [np.log2(coded + 1.0).sum() * dearer for coded, dearer in zip(orders, _DEARER, strict=True)]
    return int(np.argmin(bits))


def _unsigned(differences: Integers) -> NDArray[np.uint64]:
    """Small numbers of both signs as small numbers."""
    return ((differences << 1) ^ (differences >> 63)).view(np.uint64)


def _planes(numbers: Integers, signed: bool) -> tuple[int, bytes]:
    """The width (its place in _WIDTHS), and all lowest bytes or digits, then all next ones."""
    whole = numbers.view(np.uint64)
    for place, width in enumerate(_WIDTHS):
        shifted = whole + np.uint64(_HALVES[place]) if signed else whole
        if width == 8 or not len(whole) or int(shifted.max()) < 1 << 8 * width:
            break
    planes = shifted.astype(f"<u{width}").view(np.uint8).reshape(-1, width).T
    return place, planes.tobytes()


def _deflated(planes: bytes) -> bytes:
    # a window and tables no larger than needed: making them is most of the work for an hour or a day
    size = len(planes).bit_length()
    window, memory = -min(15, max(9, size)), min(9, max(1, size - 5))
    found = []
    for strategy in _STRATEGIES if len(planes) > _FEW else _STRATEGIES[:1]:
        squeeze = zlib.compressobj(9, zlib.DEFLATED, window, memory, strategy)
        found.append(squeeze.compress(planes) + squeeze.flush())
    return min(found, key=len)


def _summed(planes: bytes, count: int, order: int, place: int, slope: int) -> Narrow:
    numbers: Narrow = np.empty(count, np.int32) if _fits(count, order, place) else np.empty(count, np.int64)
    numbers[:order] = (0, slope)[:order][:count]
    differences = numbers[order:]
    _join(planes, _WIDTHS[place], differences, signed=order > 0)
    # summed in place: numpy is slow at summing one type into another
    for first in range(order - 1, -1, -1):
        np.cumsum(numbers[first:], out=numbers[first:])
    return numbers


def _fits(count: int, order: int, place: int) -> bool:
    """Whether an int32 surely holds all sums."""
    if order == 0:
        return _WIDTHS[place] < 4
    return order == 1 and count * _HALVES[place] <= _INT32_MAX


def _join(planes: bytes, width: int, numbers: Narrow, signed: bool) -> None:
    """Put together the numbers from their bytes or signed digits, the highest first."""
    lanes = np.frombuffer(planes, np.uint8).reshape(width, len(numbers))
    digits = (lanes ^ np.uint8(0x80)).view(np.int8) if signed else lanes
    numbers[:] = digits[-1]
    for lane in digits[-2::-1]:
        numbers *= 256
        numbers += lane
