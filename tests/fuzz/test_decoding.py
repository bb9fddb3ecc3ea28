"""Whatever stands in a register, it decodes to a value that makes sense, to none, or to a plain complaint."""

from __future__ import annotations

import math
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from drivers.decode import decode, encode
from drivers.errors import BadAnswer, OutOfRange
from drivers.sensor import Sensor
from tests.catalogue import CATALOGUE

NUMERIC = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "thousands", "float32", "integer", "bit")


@cache
def registers() -> tuple[Sensor, ...]:
    """Every register of the catalogue that is read as words."""
    return tuple(
        sensor
        for model in CATALOGUE
        for sensor in model.registers.values()
        if sensor.type in (*NUMERIC, "ascii2", "text")
    )


def words_of(sensor: Sensor) -> st.SearchStrategy[list[int]]:
    signed = sensor.type in ("integer", "text")
    word = st.integers(-(2**31), 2**31 - 1) if signed else st.integers(0, 0xFFFF)
    edges = st.sampled_from([0, 1, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x7FC0] if not signed else [0, -1, 2**31 - 1])
    return st.lists(word | edges, min_size=sensor.words, max_size=sensor.words)


@given(st.data())
def test_every_word_is_a_value_none_or_a_complaint(data: st.DataObject) -> None:
    sensor = data.draw(st.sampled_from(registers()))
    words = data.draw(words_of(sensor))
    try:
        value = decode(sensor, words)
    except BadAnswer as complaint:
        assert sensor.id in str(complaint)
        return
    if isinstance(value, float | int):
        assert math.isfinite(value)
        assert not sensor.tells_words
    elif value is not None:
        assert sensor.tells_words
        assert value.isprintable()


@given(st.data())
def test_a_number_that_was_read_is_written_as_the_same_words(data: st.DataObject) -> None:
    plain = [each for each in registers() if each.type in NUMERIC and not each.states and each.overflow is None]
    sensor = data.draw(st.sampled_from(plain))
    words = data.draw(words_of(sensor))
    try:
        value = decode(sensor, words)
        if not isinstance(value, float | int):
            return
        again = decode(sensor, encode(sensor, value))
    except (BadAnswer, OutOfRange):
        return
    assert again == value


@given(st.data())
def test_another_number_of_words_is_refused(data: st.DataObject) -> None:
    sensor = data.draw(st.sampled_from(registers()))
    words = data.draw(st.lists(st.integers(0, 0xFFFF), max_size=6).filter(lambda words: len(words) != sensor.words))
    try:
        decode(sensor, words)
    except BadAnswer:
        return
    raise AssertionError("it was taken")
