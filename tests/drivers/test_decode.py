"""Registers become values and values become registers, exactly."""

from __future__ import annotations

import json
import math
import random
import struct
from decimal import Decimal

import pytest

from drivers.decode import decode, encode
from drivers.errors import BadAnswer, OutOfRange
from drivers.sensor import Sensor
from tests.drivers.small_models import a_sensor

HUGE = 10**400
MODES = {0: "standby", 1: "automatic", 4: "hot_water"}

VECTORS = [
    ("uint8", "big", 1.0, (0x0000,), 0),
    ("uint8", "big", 1.0, (0x00FF,), 255),
    ("uint8", "big", 1.0, (0xFFFF,), 255),
    ("uint8", "little", 1.0, (0x0105,), 5),
    ("int8", "big", 1.0, (0x007F,), 127),
    ("int8", "big", 1.0, (0x0080,), -128),
    ("int8", "big", 1.0, (0xFFFF,), -1),
    ("int8", "big", 1.0, (0x01FE,), -2),
    ("uint16", "big", 1.0, (0xFFFF,), 65535),
    ("uint16", "little", 1.0, (0x0102,), 0x0102),
    ("uint16", "big", 0.1, (0,), 0.0),
    ("uint16", "big", 0.1, (3,), 0.3),
    ("uint16", "big", 0.01, (2078,), 20.78),
    ("uint16", "big", 10.0, (12,), 120.0),
    ("uint16", "big", 0.5, (43,), 21.5),
    ("int16", "big", 1.0, (0xFFFB,), -5),
    ("int16", "big", 0.1, (0xFFFB,), -0.5),
    ("int16", "big", 0.1, (0x8000,), -3276.8),
    ("uint32", "big", 1.0, (0x0001, 0x0002), 65538),
    ("uint32", "little", 1.0, (0x0001, 0x0002), 131073),
    ("uint32", "big", 1.0, (0xFFFF, 0xFFFF), 4294967295),
    ("uint32", "big", 0.001, (0xFFFF, 0xFFFF), 4294967.295),
    ("int32", "big", 1.0, (0xFFFF, 0xFFFE), -2),
    ("int32", "little", 1.0, (0xFFFE, 0xFFFF), -2),
    ("int32", "big", 0.1, (0x8000, 0x0000), -214748364.8),
    ("float32", "little", 1.0, (0x4285, 0x41A6), 20.78248),
    ("float32", "big", 1.0, (0x41A6, 0x4285), 20.78248),
    ("float32", "little", 1.0, (0x999A, 0x3F99), 1.2),
    ("float32", "little", 1.0, (0x0000, 0x41C8), 25.0),
    ("float32", "big", 1.0, (0x0000, 0x0000), 0.0),
    ("float32", "big", 1.0, (0x7F7F, 0xFFFF), 3.4028235e38),
    ("float32", "big", 0.001, (0x438E, 0xD99A), 0.2857),
    ("float32", "big", 0.001, (0x3DCC, 0xCCCD), 0.0001),
    ("float32", "big", 10.0, (0x3F99, 0x999A), 12.0),
]


@pytest.mark.parametrize(("kind", "order", "scale", "words", "value"), VECTORS)
def test_known_words_make_the_known_value(
    kind: str, order: str, scale: float, words: tuple[int, ...], value: float
) -> None:
    sensor = a_sensor(type=kind, word_order=order, scale=scale)
    got = decode(sensor, words)
    assert got == value
    assert isinstance(got, float if kind == "float32" or scale != 1 else int)


@pytest.mark.parametrize(("kind", "order", "scale", "words", "value"), VECTORS)
def test_the_known_value_makes_words_of_the_same_meaning(
    kind: str, order: str, scale: float, words: tuple[int, ...], value: float
) -> None:
    sensor = a_sensor(type=kind, word_order=order, scale=scale)
    encoded = encode(sensor, value)
    assert decode(sensor, encoded) == value
    if kind not in {"uint8", "int8"}:
        assert encoded == words


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("uint8", 255, (0x00FF,)),
        ("uint8", 0, (0,)),
        ("int8", 127, (0x007F,)),
        ("int8", 0, (0,)),
        ("int8", -1, (0xFFFF,)),
    ],
)
def test_a_byte_fills_its_word_as_a_controller_expects_it(kind: str, value: int, words: tuple[int, ...]) -> None:
    assert encode(a_sensor(type=kind), value) == words


@pytest.mark.parametrize("order", ["big", "little"])
def test_minus_zero_reads_as_zero(order: str) -> None:
    words = (0x8000, 0) if order == "big" else (0, 0x8000)
    value = decode(a_sensor(type="float32", word_order=order), words)
    assert isinstance(value, float)
    assert math.copysign(1.0, value) == 1.0


@pytest.mark.parametrize("scale", [1.0, 0.1])
@pytest.mark.parametrize("words", [(0x7FC0, 0), (0xFFC0, 1), (0x7F80, 0), (0xFF80, 0), (0x7F80, 1)])
def test_what_is_no_number_is_never_a_value(words: tuple[int, ...], scale: float) -> None:
    with pytest.raises(BadAnswer, match=r"temp_outside: .* no number") as failure:
        decode(a_sensor(type="float32", scale=scale), words)
    json.dumps(failure.value.facts, allow_nan=False)  # so that a page can be told


@pytest.mark.parametrize("words", [(), (1,), (1, 2, 3)])
def test_the_wrong_count_of_words_is_a_bad_answer(words: tuple[int, ...]) -> None:
    with pytest.raises(BadAnswer, match=f"temp_outside: {len(words)} words instead of 2"):
        decode(a_sensor(type="float32"), words)


@pytest.mark.parametrize(
    ("kind", "absent", "words", "value"),
    [
        ("float32", -1.0, (0xBF80, 0x0000), None),
        ("float32", -1.0, (0xBF80, 0x0001), -1.0000001),
        ("uint8", 255.0, (0xFFFF,), None),
        ("uint8", 255.0, (0x00FE,), 254),
        ("uint16", 65535.0, (0xFFFF,), None),
        ("int16", -32768.0, (0x8000,), None),
        ("int16", -32768.0, (0x8001,), -32767),
    ],
)
def test_a_sentinel_is_no_value_and_its_neighbour_is_one(
    kind: str, absent: float, words: tuple[int, ...], value: float | None
) -> None:
    assert decode(a_sensor(type=kind, absent=frozenset({absent})), words) == value


def test_a_sentinel_is_compared_before_the_scale() -> None:
    sensor = a_sensor(type="uint16", scale=0.1, absent=frozenset({65535.0}))
    assert decode(sensor, (65535,)) is None
    assert decode(sensor, (65534,)) == 6553.4


def test_without_a_sentinel_every_pattern_is_a_value() -> None:
    assert decode(a_sensor(type="float32"), (0xBF80, 0)) == -1.0
    assert decode(a_sensor(type="uint8"), (0xFFFF,)) == 255


@pytest.mark.parametrize(
    ("kind", "words", "word"),
    [
        ("uint8", (4,), "hot_water"),
        ("uint8", (0x0104,), "hot_water"),
        ("uint8", (9,), "9"),
        ("int16", (0xFFFF,), "-1"),
        ("float32", (0x3F80, 0), "automatic"),
        ("float32", (0x3FC0, 0), "1.5"),
    ],
)
def test_a_code_becomes_its_word_and_an_unknown_one_stays_visible(kind: str, words: tuple[int, ...], word: str) -> None:
    assert decode(a_sensor(type=kind, states=MODES), words) == word


@pytest.mark.parametrize("value", ["hot_water", 4, "4"])
def test_a_state_is_written_by_its_word_or_its_code(value: str | int) -> None:
    assert encode(a_sensor(type="uint8", states=MODES), value) == (4,)


@pytest.mark.parametrize(
    ("sensor", "value"),
    [
        (a_sensor(type="uint8"), 256),
        (a_sensor(type="uint8"), -1),
        (a_sensor(type="int8"), 128),
        (a_sensor(type="int8"), -129),
        (a_sensor(type="uint16"), 65536),
        (a_sensor(type="uint16", scale=0.1), 6553.6),
        (a_sensor(type="uint16", scale=0.1), -0.1),
        (a_sensor(type="int16"), 32768),
        (a_sensor(type="uint32"), 2**32),
        (a_sensor(type="int32"), -(2**31) - 1),
        (a_sensor(type="float32"), 3.5e38),
        (a_sensor(type="float32", scale=0.001), 1e38),
        (a_sensor(type="float32", scale=0.001), 1e308),
        (a_sensor(type="float32"), HUGE),
        (a_sensor(type="uint16"), HUGE),
        (a_sensor(type="uint16", scale=1e-300), 1e300),
        *((a_sensor(type=kind), value) for kind in ("uint16", "float32") for value in (math.nan, math.inf, -math.inf)),
        *((a_sensor(type=kind), value) for kind in ("uint16", "float32") for value in (True, "21", "warm", "nan", "")),
        (a_sensor(type="uint8", states=MODES), "sauna"),
        (a_sensor(type="uint8", states=MODES), True),
        (a_sensor(type="uint8", states=MODES), 1.5),
        (a_sensor(type="uint8", states=MODES), math.nan),
        (a_sensor(type="uint8", states=MODES), "999"),
    ],
    ids=lambda fact: f"{fact.type}-{fact.scale}" if isinstance(fact, Sensor) else f"{fact}"[:12],
)
def test_what_these_registers_cannot_hold_is_out_of_range(sensor: Sensor, value: float | str) -> None:
    with pytest.raises(OutOfRange, match="temp_outside"):
        encode(sensor, value)


@pytest.mark.parametrize("order", ["big", "little"])
@pytest.mark.parametrize("scale", [1.0, 0.1, 0.01, 0.001, 0.5, 10.0])
@pytest.mark.parametrize("kind", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32"])
def test_any_words_survive_the_way_to_a_value_and_back(kind: str, scale: float, order: str) -> None:
    dice = random.Random(f"{kind} {scale} {order}")
    sensor = a_sensor(type=kind, scale=scale, word_order=order)
    for _ in range(200):
        words = tuple(dice.getrandbits(16) for _ in range(sensor.words))
        try:
            value = decode(sensor, words)
        except BadAnswer:
            continue
        assert isinstance(value, int | float)
        if kind == "float32" and abs(value / scale) < 1e-30:
            continue  # a zero loses its sign, and a number near the smallest ones may leave the scale as zero
        assert decode(sensor, encode(sensor, value)) == value
        if kind not in {"uint8", "int8"}:
            assert encode(sensor, value) == words


@pytest.mark.parametrize(("kind", "scale"), [("int16", 0.1), ("uint16", 0.01), ("int32", 0.1), ("uint32", 0.001)])
def test_a_scaled_value_has_no_more_digits_than_its_scale(kind: str, scale: float) -> None:
    dice = random.Random(f"{kind} {scale}")
    sensor = a_sensor(type=kind, scale=scale)
    for _ in range(500):
        words = tuple(dice.getrandbits(16) for _ in range(sensor.words))
        number = decode(a_sensor(type=kind), words)
        assert Decimal(str(decode(sensor, words))) == Decimal(str(number)) * Decimal(str(scale))


def test_every_float32_pattern_round_trips_in_at_most_nine_digits() -> None:
    dice = random.Random(32)
    sensor = a_sensor(type="float32")
    for _ in range(5_000):
        words = (dice.getrandbits(16), dice.getrandbits(16))
        number = struct.unpack(">f", struct.pack(">HH", *words))[0]
        if not math.isfinite(number):
            continue
        value = decode(sensor, words)
        assert struct.pack(">f", value) == struct.pack(">f", number)
        assert len(Decimal(str(value)).normalize().as_tuple().digits) <= 9


@pytest.mark.parametrize(("scale", "digits"), [(1.0, 2), (0.001, 5)])
def test_a_short_decimal_comes_back_as_it_was_written(scale: float, digits: int) -> None:
    dice = random.Random(digits)
    sensor = a_sensor(type="float32", word_order="little", scale=scale)
    for _ in range(2_000):
        value = round(dice.uniform(-1_000, 1_000) * scale, digits)
        assert decode(sensor, encode(sensor, value)) == value


def test_seconds_are_hours_at_the_resolution_of_the_scale() -> None:
    hours = a_sensor(type="integer", scale=0.01, divide=36)
    assert decode(hours, [15_707_970]) == 4363.32
    assert decode(hours, [35]) == 0.01
    assert encode(hours, 4363.32) == (15_707_952,)


def test_an_overflow_is_taken_off_and_a_sentinel_comes_first() -> None:
    energy = a_sensor(type="integer", scale=0.1, overflow=214_748_364, absent=frozenset({2_147_483_647}))
    assert decode(energy, [214_748_363]) == 21_474_836.3
    assert decode(energy, [214_748_364]) == 0.0
    assert decode(energy, [214_748_374]) == 1.0
    assert decode(energy, [2_147_483_647]) is None


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1])
def test_an_integer_takes_signed_32_bits(value: int) -> None:
    with pytest.raises(OutOfRange, match="does not fit into integer"):
        encode(a_sensor(type="integer"), value)


def test_a_text_is_a_character_per_place() -> None:
    text = a_sensor(type="text", words=4)
    assert decode(text, [86, 51, 0, 99]) == "V3"
    assert decode(text, [0, 0, 0, 0]) is None
    assert encode(text, "V3") == (86, 51, 0, 0)


@pytest.mark.parametrize("words", [[86, 7, 0, 0], [-1, 0, 0, 0], [86, 300, 0, 0]])
def test_what_is_no_text_is_a_bad_answer(words: list[int]) -> None:
    with pytest.raises(BadAnswer, match="no text"):
        decode(a_sensor(type="text", words=4), words)


@pytest.mark.parametrize("text", ["V3.92", "Ü"])
def test_a_text_that_does_not_fit_is_refused(text: str) -> None:
    with pytest.raises(OutOfRange, match="does not fit into text"):
        encode(a_sensor(type="text", words=4), text)
