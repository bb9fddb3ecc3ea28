"""When the polls of a closed stretch were, and in which layout each, as a few bytes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from app.store import integers
from app.store.chunk import BadChunk, opened, sealed
from app.store.integers import Integers, Malformed, read_varint, varint

_TIMES_ORDER = 1
"""A poll that comes late changes two differences, but three of the second order."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """`times` in UTC seconds, ascending, none twice; `kinds` are the layouts.id that occur, `places` which each has."""

    times: Integers
    kinds: tuple[int, ...]
    places: Integers

    @classmethod
    def of(cls, times: Integers, layouts: Integers) -> Timeline:
        """Of polls and the layouts.id of each."""
        kinds, places = np.unique(layouts, return_inverse=True)
        return cls(times, tuple(kinds.tolist()), places.astype(np.int64))

    @property
    def layouts(self) -> Integers:
        """The layouts.id of each poll."""
        return np.array(self.kinds, np.int64)[self.places]

    def among(self, layout_ids: Collection[int]) -> Integers | None:
        """The places of the polls in these layouts; None when that is all of them."""
        wanted = [place for place, kind in enumerate(self.kinds) if kind in layout_ids]
        if len(wanted) == len(self.kinds):
            return None
        return np.flatnonzero(np.isin(self.places, wanted))


def pack(timeline: Timeline) -> bytes:
    """Sealed with a checksum: how many kinds, the kinds, the length of the packed times, these, the packed places."""
    times = integers.pack(timeline.times, _TIMES_ORDER)
    kinds = b"".join(varint(kind) for kind in (len(timeline.kinds), *timeline.kinds))
    return sealed(kinds + varint(len(times)) + times + integers.pack(timeline.places))


def unpack(packed: bytes, count: int) -> Timeline:
    """Raises BadChunk."""
    content = opened(packed)
    try:
        number, at = read_varint(content, 0)
        kinds = []
        for _ in range(number):
            kind, at = read_varint(content, at)
            kinds.append(kind)
        length, at = read_varint(content, at)
        times = integers.unpack(content[at : at + length], count)
        return Timeline(times, tuple(kinds), integers.unpack(content[at + length :], count))
    except (Malformed, IndexError) as error:
        raise BadChunk(str(error)) from error
