"""The packed samples of a poll."""

import random
import struct

import pytest

from app.store.packing import Packing
from drivers.float32 import shortest


def test_values_of_every_storage_come_back_exactly():
    packing = Packing(["float32", "float64", "0.1", "1", "text", "0.01"])
    values = [20.78248, 1234567.891, -12.3, 255, 7, 48.05]
    assert packing.unpack(packing.pack(values)) == values


def test_absent_is_not_zero():
    packing = Packing(["float32", "0.1", "text"])
    assert packing.unpack(packing.pack([0.0, None, None])) == [0.0, None, None]
    assert packing.unpack(packing.pack([None, 0.0, 3])) == [None, 0.0, 3]


def test_every_combination_of_presence_survives_the_bitmap():
    packing = Packing(["1"] * 17)
    for chosen in range(0, 1 << 17, 977):
        values = [index if chosen >> index & 1 else None for index in range(17)]
        assert packing.unpack(packing.pack(values)) == values


def test_random_float32_come_back_as_the_same_number():
    packing = Packing(["float32"])
    random_bits = random.Random(4)
    for _ in range(5000):
        number = struct.unpack("<f", random_bits.randbytes(4))[0]
        if number == number and abs(number) != float("inf"):
            value = shortest(number)
            assert packing.unpack(packing.pack([value])) == [value]


def test_all_multiples_of_a_tenth_come_back_exactly():
    packing = Packing(["0.1"])
    for count in range(-33000, 33000, 7):
        value = round(count * 0.1, 1)
        assert packing.unpack(packing.pack([value])) == [value]


def test_one_column_is_read_without_the_others():
    packing = Packing(["text", "float32", "0.5"])
    packed = packing.pack([9, None, 21.5])
    assert [packing.value(packed, index) for index in range(3)] == [9, None, 21.5]


@pytest.mark.parametrize(
    ("storage", "value"),
    [("0.1", 20.05), ("1", 0.5), ("1", 2**31), ("0.001", 2147484.0)],
)
def test_a_value_that_would_not_come_back_is_refused(storage, value):
    with pytest.raises(ValueError, match="storable"):
        Packing([storage]).pack([value])


def test_a_hundred_samples_take_less_than_five_bytes_each():
    packing = Packing(["float32"] * 66 + ["1"] * 34)
    assert len(packing.pack([1.0] * 66 + [2] * 34)) / 100 < 5
