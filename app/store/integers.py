"""Whole numbers in as few bytes as zlib allows: differences of the best order, split into byte planes."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Coded = NDArray[np.unsignedinteger]

_CONSTANT, _EVEN, _DEFLATED = 0xFF, 0xFE, 0x10
_WIDTHS = (1, 2, 4, 8)
_STRATEGIES = (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED)
_DEARER = (1.0, 1.0, 1.02)
"""Second differences take longer to read, so they have to save something."""
_FEW = 256
"""So few bytes gain nothing from a second attempt."""
_FARTHEST = 1 << 62
"""Numbers that lie further apart wrap around, which differences survive and a common divisor does not."""


class Malformed(ValueError):
    """These bytes were not made by `pack`."""


def pack(numbers: Integers) -> bytes:
    """The numbers as bytes; `unpack` needs to be told how many there are.

    Bytes: a form (order of the differences in bits 0..1, byte width in bits 2..3, bit 4: deflated), the origin, the
    common divisor and, for second differences, the first slope as variable-length integers, then the planes of the
    differences, lowest bytes first. Form 0xFF: all are the origin. Form 0xFE: the origin, then even steps of the slope.
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
    orders = (moved.view(np.uint64), _unsigned(differences), _unsigned(slopes))
    # the bits that the numbers have tell well enough which order deflates best
    bits = [np.log2(coded + 1.0).sum() * dearer for coded, dearer in zip(orders, _DEARER, strict=True)]
    order = int(np.argmin(bits))
    head = varint(smallest if order == 0 else first) + varint(divisor)
    if order == 2:
        head += varint(int(differences[0]))
    place, planes = _planes(orders[order])
    form = order | place << 2
    deflated = _deflated(planes)
    if len(deflated) < len(planes):
        form, planes = form | _DEFLATED, deflated
    return bytes([form]) + head + planes


def unpack(packed: bytes, count: int) -> Integers:
    """The `count` numbers. Raises Malformed."""
    if not count:
        return np.zeros(0, np.int64)
    try:
        form = packed[0]
        origin, at = read_varint(packed, 1)
        if form == _CONSTANT:
            return np.full(count, origin, np.int64)
        divisor, at = read_varint(packed, at)
        if form == _EVEN:
            return np.arange(count, dtype=np.int64) * divisor + origin
        order, width = form & 3, _WIDTHS[form >> 2 & 3]
        slope = 0
        if order == 2:
            slope, at = read_varint(packed, at)
        expected = max(0, count - order)
        planes = zlib.decompress(packed[at:], -15, expected * width + 1) if form & _DEFLATED else packed[at:]
    except (IndexError, zlib.error) as error:
        raise Malformed(str(error)) from error
    if form > 31 or len(planes) != expected * width:
        raise Malformed(f"{len(planes)} bytes of planes for {count} numbers")
    return _summed(_joined(planes, expected, width), count, order, slope, divisor, origin)


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


def _unsigned(differences: Integers) -> NDArray[np.uint64]:
    """Small numbers of both signs as small numbers."""
    return ((differences << 1) ^ (differences >> 63)).view(np.uint64)


def _planes(coded: NDArray[np.uint64]) -> tuple[int, bytes]:
    """The width (its place in _WIDTHS), and all lowest bytes, then all next ones."""
    largest = int(coded.max()) if len(coded) else 0
    place = next(index for index, width in enumerate(_WIDTHS) if largest < 1 << 8 * width)
    width = _WIDTHS[place]
    return place, coded.astype(f"<u{width}").view(np.uint8).reshape(-1, width).T.tobytes()


def _deflated(planes: bytes) -> bytes:
    # a window and tables no larger than needed: making them is most of the work for an hour or a day
    size = len(planes).bit_length()
    window, memory = -min(15, max(9, size)), min(9, max(1, size - 5))
    found = []
    for strategy in _STRATEGIES if len(planes) > _FEW else _STRATEGIES[:1]:
        squeeze = zlib.compressobj(9, zlib.DEFLATED, window, memory, strategy)
        found.append(squeeze.compress(planes) + squeeze.flush())
    return min(found, key=len)


def _joined(planes: bytes, count: int, width: int) -> Coded:
    """The coded numbers, each in as many bytes as it has planes."""
    if width == 1:
        return np.frombuffer(planes, np.uint8)
    lanes = np.frombuffer(planes, np.uint8).reshape(width, count)
    whole = np.empty((count, width), np.uint8)
    for index in range(width):
        whole[:, index] = lanes[index]
    coded: Coded = whole.view(f"<u{width}").reshape(count)
    return coded


def _summed(coded: Coded, count: int, order: int, slope: int, divisor: int, origin: int) -> Integers:
    numbers = np.empty(count, np.int64)
    if order == 0:
        numbers[:] = coded
    else:
        # summed in place: numpy is slow at summing one type into another
        numbers[0] = 0
        if order == 2 and count > 1:
            numbers[1] = slope
        differences = numbers[order:]
        differences[:] = _signed(coded)
        for first in range(order - 1, -1, -1):
            np.cumsum(numbers[first:], out=numbers[first:])
    if divisor > 1:
        numbers *= divisor
    numbers += origin
    return numbers


def _signed(coded: Coded) -> NDArray[np.signedinteger]:
    """What _unsigned was given. Computed in as few bytes as there are: most of reading is memory."""
    one = coded.dtype.type(1)
    signed: NDArray[np.signedinteger] = ((coded >> one) ^ (~(coded & one) + one)).view(f"<i{coded.itemsize}")
    return signed
