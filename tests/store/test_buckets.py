"""Minimum, mean and maximum per bucket of columns that are not values yet."""

import numpy as np
import pytest

from app.store.buckets import Buckets, Edges
from app.store.counts import Counts

EDGES = np.arange(0, 1001, 100)


def filled(times, samples):
    edges = Edges(EDGES)
    buckets = Buckets(edges.number, ends=True)
    buckets.add(edges.cuts(times), samples)
    return buckets


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@pytest.mark.parametrize("most", [5, 2**31 - 1])
@pytest.mark.parametrize(("step", "origin", "divisor"), [(1, 0, 1.0), (5, -300, 10.0)])
def test_counts_say_the_same_as_their_values(kind, most, step, origin, divisor):
    draw = np.random.default_rng(most)
    times = np.sort(draw.choice(900, 300, replace=False))
    numbers = draw.integers(-most, most, 300, endpoint=True).astype(kind)
    counts = filled(times, Counts(numbers, step, origin, divisor))
    values = filled(times, Counts((numbers.astype(np.int64) * step + origin) / divisor))
    for one, other in ((counts.low, values.low), (counts.high, values.high), (counts.count, values.count)):
        assert one.tolist() == other.tolist()
    assert counts.first.tolist() == pytest.approx(values.first.tolist(), nan_ok=True, rel=0)
    assert counts.last.tolist() == pytest.approx(values.last.tolist(), nan_ok=True, rel=0)
    assert counts.total.tolist() == pytest.approx(values.total.tolist(), rel=1e-12)


def test_what_is_nothing_is_in_no_bucket():
    times = np.arange(0, 400, 50)
    values = np.array([1.0, np.nan, np.nan, np.nan, 3.0, 5.0, np.nan, 7.0])
    found = filled(times, Counts(values))
    assert found.count.tolist() == [1, 0, 2, 1] + [0] * 6
    assert found.low[[0, 2, 3]].tolist() == [1.0, 3.0, 7.0]
    assert found.high[[0, 2, 3]].tolist() == [1.0, 5.0, 7.0]
