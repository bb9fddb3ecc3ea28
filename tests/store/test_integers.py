"""Whole numbers as few bytes."""

import numpy as np
import pytest

from app.store import integers


@pytest.mark.parametrize("most", [1, 3, 100, 40_000, 2**31, 2**52, 2**62, 2**63 - 1])
@pytest.mark.parametrize("summed", [False, True])
def test_random_numbers_of_every_size_come_back(most, summed):
    draw = np.random.default_rng(most % 1000)
    for _ in range(60):
        numbers = draw.integers(-most, most, int(draw.integers(0, 60)), endpoint=True)
        numbers = np.cumsum(numbers) if summed else numbers
        assert np.array_equal(integers.unpack(integers.pack(numbers), len(numbers)), numbers)


@pytest.mark.parametrize(
    ("numbers", "bytes_at_most"),
    [([7] * 86400, 3), (range(0, 86400 * 30, 30), 120), (range(0, 10**6 * 500, 10**6), 20), ([], 0)],
)
def test_what_is_regular_takes_next_to_nothing(numbers, bytes_at_most):
    packed = integers.pack(np.array(numbers, np.int64))
    assert len(packed) <= bytes_at_most
    assert integers.unpack(packed, len(numbers)).tolist() == list(numbers)


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("most", [127, 128, 129, 32767, 32896, 40_000, 2**31, 2**62])
def test_the_bounds_of_every_width_come_back_in_every_order(most, order):
    numbers = np.cumsum(np.array([0, most, -most, 1, -1, -most - 1, most - 1, 0] * 3))
    assert np.array_equal(integers.unpack(integers.pack(numbers, order), len(numbers)), numbers)


def test_integers_of_any_length_survive_as_variable_length_bytes():
    for number in [0, -1, 1, 63, 64, -64, -65, 2**63 - 1, -(2**63)]:
        content = b"x" + integers.varint(number) + b"y"
        assert integers.read_varint(content, 1) == (number, len(content) - 1)


@pytest.mark.parametrize(
    "packed", [b"", b"\x11", b"\x10\x00\x02garbage", b"\x00\x00\x02\x01", b"\xff\x80", b"\x7f\x00\x02\x01"]
)
def test_what_was_never_packed_is_refused(packed):
    with pytest.raises(integers.Malformed):
        integers.unpack(packed, 5)
