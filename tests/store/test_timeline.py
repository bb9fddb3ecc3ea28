"""When polls were, and in which layout."""

import numpy as np
import pytest

from app.store import timeline
from app.store.chunk import BadChunk
from app.store.timeline import Timeline


def survives(times, layouts):
    packed = timeline.pack(Timeline.of(np.array(times, np.int64), np.array(layouts, np.int64)))
    kept = timeline.unpack(packed, len(times))
    assert kept.times.tolist() == list(times)
    assert kept.layouts.tolist() == list(layouts)
    return kept, len(packed)


def test_a_regular_day_with_a_full_poll_every_ten_minutes_takes_a_few_bytes():
    kept, size = survives(range(1_700_000_000, 1_700_086_400, 60), [9 if n % 10 == 0 else 4 for n in range(1440)])
    assert size < 60
    assert kept.among([4, 9]) is None
    assert kept.among([9]).tolist() == list(range(0, 1440, 10))
    assert kept.among([7]).tolist() == []


def test_irregular_times_and_many_layouts_survive():
    draw = np.random.default_rng(1)
    times = np.unique(draw.integers(1, 2**33, 500)).tolist()
    survives(times, draw.integers(1, 2**40, len(times)).tolist())
    survives([5], [1])


def test_damage_is_noticed():
    packed = timeline.pack(Timeline.of(np.arange(50) * 30, np.ones(50, np.int64)))
    for place in range(len(packed)):
        with pytest.raises(BadChunk):
            timeline.unpack(packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :], 50)
