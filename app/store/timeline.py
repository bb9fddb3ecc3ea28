"""When the polls of a closed stretch were, and in which layout each, as a few bytes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.store import integers
from app.store.chunk import BadChunk, opened, sealed
from app.store.integers import Integers, Malformed, read_varint, varint


@dataclass(frozen=True, slots=True)
class Timeline:
    """`times` in UTC seconds, ascending, none twice; `layouts` holds the layouts.id of each."""

    times: Integers
    layouts: Integers

    def among(self, layout_ids: list[int]) -> Integers | None:
        """The places of the polls in these layouts; None when that is all of them."""
        mask = np.isin(self.layouts, layout_ids)
        return None if mask.all() else np.flatnonzero(mask)


def pack(timeline: Timeline) -> bytes:
    """Sealed with a checksum: the length of the packed times, the packed times, the packed layouts."""
    times = integers.pack(timeline.times)
    return sealed(varint(len(times)) + times + integers.pack(timeline.layouts))


def unpack(packed: bytes, count: int) -> Timeline:
    """Raises BadChunk."""
    content = opened(packed)
    try:
        length, at = read_varint(content, 0)
        times = integers.unpack(content[at : at + length], count)
        return Timeline(times, integers.unpack(content[at + length :], count))
    except (Malformed, IndexError) as error:
        raise BadChunk(str(error)) from error
