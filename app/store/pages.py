"""An order of rows that leaves little of each page of the database empty."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

PAGE = 4096
_ROOM = PAGE - 8
_CELL = 12
"""What a row takes beside its content: its place in the page, its length, its number, and where it goes on."""
_MOST, _LEAST, _OVERFLOW = PAGE - 35, (PAGE - 12) * 32 // 255 - 23, PAGE - 4
"""How SQLite cuts a row that does not fit: https://www.sqlite.org/fileformat2.html, "B-tree pages"."""


def filling(sizes: Sequence[int]) -> list[int]:
    """The places of rows of these sizes (bytes of content), in an order in which appending them begins few pages.

    Each page is filled with the largest row that still fits, until none does.
    """
    left = sorted((_local(size) + _CELL, place) for place, size in enumerate(sizes))
    order, room = [], _ROOM
    while left:
        index = bisect_right(left, (room, len(sizes))) - 1
        if index < 0:
            index, room = len(left) - 1, _ROOM
        size, place = left.pop(index)
        order.append(place)
        room -= size
    return order


def _local(size: int) -> int:
    """How much of a row lies in its own page; the rest fills other pages entirely."""
    if size <= _MOST:
        return size
    kept = _LEAST + (size - _LEAST) % _OVERFLOW
    return kept if kept <= _MOST else _LEAST
