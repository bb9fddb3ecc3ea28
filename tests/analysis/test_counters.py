"""Counters that fall, spike or restart."""

from __future__ import annotations

import numpy as np
import pytest

from app.analysis.counters import counted
from tests.analysis.windows import column


def count(values, fastest_per_h=10.0, step_s=3600):
    return counted(np.arange(len(values), dtype=np.int64) * step_s, column(values), fastest_per_h)


@pytest.mark.parametrize(
    ("values", "total", "repaired", "refused"),
    [
        ([100, 103, 105], 5, 0, 0),
        ([100, None, 105], 5, 0, 0),
        ([100, 0, 103], 3, 1, 0),  # a zero between good readings
        ([100, 65535, 103], 3, 1, 0),
        ([100, 103, 0, 2, 4], 7, 1, 0),  # starts again at zero
        ([100, 103, 3, 5], 8, 1, 0),  # was set back to zero and has counted since
        ([100, 103, 60, 62], 5, 0, 1),  # set back to something: nobody knows to what
        ([100, 5000, 5003], 3, 0, 1),  # a jump that stays
        ([100], 0, 0, 0),
        ([], 0, 0, 0),
        ([None, None], 0, 0, 0),
        ([5, 5, 5], 0, 0, 0),
    ],
)
def test_a_counter_is_repaired_or_refused_but_never_trusted(values, total, repaired, refused):
    found = count(values)
    assert (found.total, found.repaired, found.refused) == (pytest.approx(total), repaired, refused)


def test_an_increment_belongs_to_the_time_at_which_it_was_seen():
    found = count([100, 103, 105])
    assert found.between(0, 3600) == 3
    assert found.between(3600, 7200) == 2


def test_the_resolution_is_the_smallest_step_seen():
    assert count([100, 100, 101, 103]).resolution == 1
    assert np.isnan(count([7, 7]).resolution)


def test_a_coarse_counter_may_step_late():
    assert count([100, 100, 100, 101], fastest_per_h=0.4).total == 1


def test_readings_in_the_wrong_order_are_sorted():
    found = counted(np.array([7200, 0, 3600]), column([105, 100, 103]), 10.0)
    assert found.total == 5
    assert found.refused == 0
