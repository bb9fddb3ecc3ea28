"""How the first programs of version 1 wrote differences of both signs, said anew in the way that came after it.

They interleaved the signs (0, -1, 1, -2 …); since then each byte is a signed digit plus 128. The head of a packed list
and everything around it stayed the same, so only the planes of bytes are said anew. See app/store/integers.py.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import NDArray

from app.store.chunk import BadChunk, opened, sealed

_CONSTANT, _EVEN, _DEFLATED, _NOTHING = 0xFF, 0xFE, 0x10, 0xFF
_LEVELS, _GAPS = 0x40, 0x80
_WIDTHS = (1, 2, 4, 8)


def times(packed: bytes) -> bytes:
    """The times of a block. Raises BadChunk."""
    content = opened(packed)
    try:
        kinds, at = _varint(content, 0)
        for _ in range(kinds):
            _, at = _varint(content, at)
        begin = at
        length, at = _varint(content, at)
        moments = _list(content[at : at + length])
        return sealed(content[:begin] + _said(len(moments)) + moments + _list(content[at + length :]))
    except (IndexError, ValueError, zlib.error) as error:
        raise BadChunk(str(error)) from error


def samples(packed: bytes) -> bytes:
    """One series of a block. Raises BadChunk."""
    content = opened(packed)
    form, at = content[0], 1
    if form == _NOTHING:
        return packed
    try:
        found = content[:1]
        if form & _GAPS:
            piece, at = _with_length(content, at)
            found += piece
        if form & _LEVELS:
            begin = at
            _, at = _varint(content, at)
            found += content[begin:at]
            piece, at = _with_length(content, at)
            found += piece
        return sealed(found + _list(content[at:]))
    except (IndexError, ValueError, zlib.error) as error:
        raise BadChunk(str(error)) from error


def hours(packed: bytes) -> bytes:
    """The roll-ups of one series. Raises BadChunk."""
    content = opened(packed)
    try:
        number, at = _varint(content, 0)
        if not number:
            return packed
        found, at = content[: at + 1], at + 1
        while at < len(content):
            piece, at = _with_length(content, at)
            found += piece
        return sealed(found)
    except (IndexError, ValueError, zlib.error) as error:
        raise BadChunk(str(error)) from error


def _list(packed: bytes) -> bytes:
    """A packed list. What has no differences stays as it is."""
    if not packed or packed[0] in (_CONSTANT, _EVEN) or packed[0] & 3 == 0:
        return packed
    form, at = packed[0], 1
    order, width = form & 3, _WIDTHS[form >> 2 & 3]
    for _ in range(2 if order == 1 else 3):
        _, at = _varint(packed, at)
    planes = zlib.decompress(packed[at:], -15) if form & _DEFLATED else packed[at:]
    place, planes = _digits(_interleaved(planes, width))
    deflated = _deflated(planes)
    if len(deflated) < len(planes):
        return bytes([order | place << 2 | _DEFLATED]) + packed[1:at] + deflated
    return bytes([order | place << 2]) + packed[1:at] + planes


def _interleaved(planes: bytes, width: int) -> NDArray[np.int64]:
    lanes = np.frombuffer(planes, np.uint8).reshape(width, -1)
    coded = np.zeros(lanes.shape[1], np.uint64)
    for place in range(width):
        coded |= lanes[place].astype(np.uint64) << np.uint64(8 * place)
    return (coded >> np.uint64(1)).view(np.int64) ^ -(coded & np.uint64(1)).view(np.int64)


def _digits(numbers: NDArray[np.int64]) -> tuple[int, bytes]:
    """The place of the smallest width that holds them all, and their planes."""
    for place, width in enumerate(_WIDTHS):
        shifted = numbers.view(np.uint64) + np.uint64(sum(0x80 << 8 * each for each in range(width)))
        if width == 8 or not len(shifted) or int(shifted.max()) < 1 << 8 * width:
            return place, shifted.astype(f"<u{width}").view(np.uint8).reshape(-1, width).T.tobytes()
    raise AssertionError("eight bytes hold every number")


def _deflated(planes: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(planes) + packer.flush()


def _with_length(content: bytes, at: int) -> tuple[bytes, int]:
    """A list said anew, its length before it; where the next thing begins."""
    length, at = _varint(content, at)
    piece = _list(content[at : at + length])
    return _said(len(piece)) + piece, at + length


def _varint(content: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte, at = content[at], at + 1
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (-(number + 1 >> 1) if number & 1 else number >> 1), at


def _said(number: int) -> bytes:
    """As a variable-length integer; only lengths, which have no sign."""
    rest, found = number << 1, bytearray()
    while rest > 0x7F:
        found.append(rest & 0x7F | 0x80)
        rest >>= 7
    return bytes([*found, rest])
