"""The hours of a series."""

import numpy as np
import pytest

from app.store import chunk, floats, rollup

HOUR = 3600


def hours_of(values, start=HOUR * 100, step_s=60):
    column = np.array([np.nan if value is None else value for value in values], float)
    return rollup.of(start + step_s * np.arange(len(values)), column)


def survives(hours, exact=True):
    kept = rollup.unpack(rollup.pack(hours))
    assert np.array_equal(kept.starts, hours.starts)
    assert np.array_equal(kept.count, hours.count)
    for one, other in ((kept.low, hours.low), (kept.high, hours.high), (kept.last, hours.last)):
        assert floats.same(one, other)
    assert kept.total == pytest.approx(hours.total, rel=1e-12 if exact else 1e-6)
    return kept


def test_an_hour_has_its_peaks_its_mean_and_its_last():
    kept = survives(hours_of([1.5, None, 9.0, -3.5, 2.0] + [None] * 60 + [7.0]))
    assert kept.starts.tolist() == [360000, 363600]
    assert kept.count.tolist() == [4, 1]
    assert (kept.low.tolist(), kept.high.tolist(), kept.last.tolist()) == ([-3.5, 7.0], [9.0, 7.0], [2.0, 7.0])
    assert (kept.total / kept.count).tolist() == [2.25, 7.0]


def test_a_counter_keeps_the_first_of_every_hour_also_over_a_reset():
    counting = [value * 0.25 for value in range(600)]
    assert survives(hours_of(counting)).first.tolist() == counting[::60]
    reset = counting[:310] + counting[:290]
    assert survives(hours_of(reset)).first.tolist() == reset[::60]


def test_first_and_last_are_left_packed_when_nobody_asks_for_them():
    hours = hours_of([value * 0.25 for value in range(600)])
    found = rollup.unpack_counts(rollup.pack(hours), ends=False)
    assert found.ends is None
    assert (found.low / found.divisor).tolist() == hours.low.tolist()
    assert (found.high / found.divisor).tolist() == hours.high.tolist()
    assert (found.total / found.divisor).tolist() == hours.total.tolist()


def test_what_does_not_count_has_no_first():
    source = np.random.default_rng(1)
    assert np.isnan(survives(hours_of(np.round(source.normal(20, 3, 1440), 1).tolist())).first).all()


@pytest.mark.parametrize("values", [[], [None] * 200, [5.0], [48] * 1440])
def test_little_stays_little(values):
    assert len(rollup.pack(hours_of(values))) < 40
    survives(hours_of(values))


def test_arbitrary_binary_fractions_keep_their_peaks_exactly():
    source = np.random.default_rng(2)
    survives(hours_of(source.normal(20, 3, 1440).tolist()), exact=False)


def test_joined_halves_are_the_whole_also_in_the_hour_that_both_share():
    values = np.round(np.random.default_rng(3).normal(20, 3, 1440), 1).tolist()
    halves = [hours_of(values[:730]), hours_of(values[730:], start=HOUR * 100 + 730 * 60)]
    whole, joined = hours_of(values), rollup.joined(halves)
    for one, other in zip(joined.columns(), whole.columns(), strict=True):
        assert one.tolist() == pytest.approx(other.tolist(), nan_ok=True)


def test_a_damaged_rollup_is_noticed():
    packed = bytearray(rollup.pack(hours_of([1.0, 2.0])))
    packed[2] ^= 4
    with pytest.raises(chunk.BadChunk):
        rollup.unpack(bytes(packed))
