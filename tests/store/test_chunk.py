"""One series over a stretch of time, exact to the last bit."""

import math
import random
import struct

import numpy as np
import pytest

from app.store import chunk, floats
from app.store.packing import Packing
from drivers.float32 import shortest

DAY = 1440


def survives(values, storage):
    """The packed size in bytes, after a look at what comes back."""
    column = np.array([np.nan if value is None else value for value in values], float)
    packed = chunk.pack(column, storage)
    assert floats.same(chunk.unpack(packed, len(values)), column)
    return len(packed)


def as_polls_give_them(values, storage):
    packing = Packing([storage])
    return [packing.unpack(packing.pack([value]))[0] for value in values]


def any_float32(draw):
    while True:
        number = struct.unpack("<f", draw.randbytes(4))[0]
        if math.isfinite(number):
            return shortest(number)


def any_float64(draw):
    while True:
        number = struct.unpack("<d", draw.randbytes(8))[0]
        if math.isfinite(number):
            return number


DRAWN = {
    "float32": [any_float32, lambda draw: round(draw.gauss(30, 5), 2), lambda draw: shortest(draw.gauss(30, 0.1)),
                lambda draw: shortest(round(draw.gauss(30, 3) * 16) / 16 + 0.001)],
    "float64": [any_float64, lambda draw: round(draw.gauss(50_000, 5), 1), lambda draw: draw.gauss(0, 1),
                lambda draw: float(draw.randrange(2**32))],
    "0.1": [lambda draw: round(draw.randrange(-32768, 32768) * 0.1, 1)],
    "0.5": [lambda draw: draw.randrange(-100, 100) * 0.5],
    "0.01": [lambda draw: round(draw.randrange(-32768, 32768) * 0.01, 2)],
    "1": [lambda draw: draw.randrange(0, 65536), lambda draw: draw.randrange(2)],
    "10": [lambda draw: draw.randrange(0, 65536) * 10],
    "text": [lambda draw: draw.randrange(1, 40), lambda draw: draw.choice([1, 2**31 - 1])],
}  # fmt: skip


@pytest.mark.parametrize(("storage", "draw"), [(storage, draw) for storage, draws in DRAWN.items() for draw in draws])
def test_random_values_of_every_storage_come_back_as_polls_give_them(storage, draw):
    source = random.Random(7)
    for count in (1, 2, 3, 24, 500):
        for gaps in (0, 0.01, 0.5):
            values = as_polls_give_them([draw(source) for _ in range(count)], storage)
            survives([None if source.random() < gaps else value for value in values], storage)


@pytest.mark.parametrize(
    "values",
    [
        [0.0],
        [-0.0, 0.0, 1.5],
        [5e-324, 1.7976931348623157e308, -1.7976931348623157e308],
        [1e-45, 3.4028235e38, -3.4028235e38, 0.0],
        [2.0**53, 2.0**53 + 2, -(2.0**63)],
        [0.1 + 0.2, 0.3],
        [None] * DAY,
        [None, 4.0, None],
    ],
)
def test_extremes_come_back(values):
    survives(values, "float64")


def test_the_short_way_of_writing_float32_is_the_same_for_one_and_for_all():
    source = random.Random(3)
    numbers = [struct.unpack("<f", struct.pack("<f", each))[0] for each in (
        [any_float32(source) for _ in range(3000)]
        + [source.randrange(-(10**7), 10**7) / 10 ** source.randrange(6) for _ in range(3000)]
        + [0.0, -0.0, 1e-45, 3.4028235e38]
    )]  # fmt: skip
    assert floats.shortest_of_all(np.array(numbers, np.float32)).tolist() == [shortest(each) for each in numbers]


def test_what_stands_still_takes_a_few_bytes():
    assert survives([48.0] * DAY, "1") < 12
    assert survives([None] * DAY, "float32") < 12


def test_a_noisy_temperature_of_a_hundredth_degree_takes_less_than_a_byte():
    source = random.Random(1)
    values = [round(30 + 5 * math.sin(at / 200) + source.uniform(-0.05, 0.05), 2) for at in range(DAY)]
    assert survives(values, "float32") / DAY < 0.75


def test_arbitrary_floats_of_a_converter_with_few_levels_cost_their_levels():
    source = random.Random(2)
    levels = [shortest(struct.unpack("<f", struct.pack("<f", 20 + each * 0.0631337))[0]) for each in range(60)]
    values = [levels[round(30 + 20 * math.sin(at / 200) + source.random())] for at in range(DAY)]
    assert survives(values, "float32") / DAY < 0.5


def test_every_changed_bit_and_every_cut_is_noticed():
    packed = chunk.pack(np.round(np.random.default_rng(1).normal(30, 1, 40), 1), "0.1")
    for place in range(len(packed) * 8):
        spoilt = bytearray(packed)
        spoilt[place // 8] ^= 1 << place % 8
        with pytest.raises(chunk.BadChunk):
            chunk.unpack(bytes(spoilt), 40)
    for length in range(len(packed)):
        with pytest.raises(chunk.BadChunk):
            chunk.unpack(packed[:length], 40)
