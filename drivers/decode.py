"""Registers ↔ physical values, exactly at the controller's own resolution."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeGuard

from drivers.base import Value
from drivers.errors import BadAnswer, OutOfRange
from drivers.float32 import shortest
from drivers.sensor import Sensor

WORDS = {
    "uint8": 1, "int8": 1, "uint16": 1, "int16": 1, "uint32": 2, "int32": 2, "thousands": 2, "float32": 2,
    "integer": 1, "ascii2": 1, "bit": 1,
}  # fmt: skip
_BYTES = {"bit": 1, "uint8": 1, "int8": 1, "uint16": 2, "int16": 2, "uint32": 4, "int32": 4, "ascii2": 2}


def word_count(type: str, length: int = 1) -> int:
    """How many places a value of this type takes; a text takes one for each of its `length` characters."""
    return length if type == "text" else WORDS[type]


def decode(sensor: Sensor, words: Sequence[int]) -> Value:
    """The value of these registers in the sensor's unit, or None for a sentinel.

    `words` are the sensor's registers in wire order, 0..65535 each (`integer` and `text`: signed 32 bits). A code
    without a known state stays visible as its number in text, and so does a word that is not two letters. Raises
    BadAnswer for the wrong count of words, for NaN or infinity, and for a text that is none.
    """
    if len(words) != sensor.words:
        raise BadAnswer(
            "%(sensor)s: %(count)d words instead of %(expected)d",
            sensor=sensor.id,
            count=len(words),
            expected=sensor.words,
        )
    if sensor.type == "text":
        return _text(sensor, words)
    number = _number(sensor, words)
    if not math.isfinite(number):
        raise BadAnswer(
            "%(sensor)s: the machine answers %(value)s, which is no number", sensor=sensor.id, value=str(number)
        )
    if number in sensor.absent or (sensor.type == "thousands" and not sensor.absent.isdisjoint(words)):
        return None
    if sensor.bit is not None:
        number = round(number) >> sensor.bit & 1
    if sensor.type == "ascii2":
        return _letters(words[0])
    if sensor.states:
        return _word(sensor, number)
    if sensor.overflow is not None and number >= sensor.overflow:
        number -= sensor.overflow
    if sensor.scale == 1 and sensor.divide == 1:
        return number
    scale = Decimal(str(sensor.scale))
    exact = Decimal(str(number)) * scale
    return float(exact if sensor.divide == 1 else (exact / sensor.divide).quantize(scale))


def encode(sensor: Sensor, value: float | int | str) -> tuple[int, ...]:
    """The registers, in wire order, that hold this value.

    A state is given by its word or its code. Raises OutOfRange for what these registers cannot hold.
    """
    if sensor.type == "text":
        return _characters(sensor, str(value))
    number = _code(sensor, value) if sensor.states else value
    if sensor.type == "ascii2" and isinstance(number, str):
        number = _word_of_letters(sensor, number)
    if not is_number(number):
        raise OutOfRange("%(sensor)s: %(value)s is not a number", sensor=sensor.id, value=str(value))
    try:
        words = _float_words(number / sensor.scale) if sensor.type == "float32" else _integer_words(sensor, number)
    except OverflowError:
        raise OutOfRange(
            "%(sensor)s: %(value)s does not fit into %(type)s", sensor=sensor.id, value=value, type=sensor.type
        ) from None
    return words if sensor.word_order == "big" else words[::-1]


def is_number(value: object) -> TypeGuard[float | int]:
    """Whether arithmetic can be done with it: neither NaN nor infinite, no boolean, no text."""
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # an integer beyond every float
        return False


def _number(sensor: Sensor, words: Sequence[int]) -> float | int:
    if sensor.type == "integer":
        return words[0]
    ordered = words if sensor.word_order == "big" else words[::-1]
    content = struct.pack(f">{sensor.words}H", *ordered)
    if sensor.type == "thousands":
        return _thousands(sensor, *ordered)
    if sensor.type == "float32":
        return shortest(struct.unpack(">f", content)[0])
    # a byte is the low one of its word; some controllers fill the other with ones
    return int.from_bytes(content[-_BYTES[sensor.type] :], "big", signed=_signed(sensor))


def _thousands(sensor: Sensor, thousands: int, rest: int) -> int:
    if rest > 999 and sensor.absent.isdisjoint((thousands, rest)):
        raise BadAnswer(
            "%(sensor)s: the machine answers %(value)s, which is no number",
            sensor=sensor.id,
            value=f"{thousands} × 1000 + {rest}",
        )
    return thousands * 1000 + rest


def _text(sensor: Sensor, words: Sequence[int]) -> str | None:
    """One character per place, up to the first zero; None for an empty one."""
    characters = words[: words.index(0)] if 0 in words else words
    if not all(0x20 <= character < 0x7F for character in characters):
        raise BadAnswer(
            "%(sensor)s: the machine answers %(value)s, which is no text", sensor=sensor.id, value=str(list(characters))
        )
    return "".join(map(chr, characters)).strip() or None


def _characters(sensor: Sensor, text: str) -> tuple[int, ...]:
    if len(text) > sensor.words or not all(0x20 <= ord(character) < 0x7F for character in text):
        raise OutOfRange("%(sensor)s: %(value)s does not fit into %(type)s", sensor=sensor.id, value=text, type="text")
    return tuple(map(ord, text)) + (0,) * (sensor.words - len(text))


def _letters(word: int) -> str | None:
    """The two ASCII characters of a word, the high byte first; None for an empty one."""
    content = word.to_bytes(2, "big")
    if not content.strip(b"\0 "):
        return None
    return content.decode("ascii") if all(0x20 <= each < 0x7F for each in content) else str(word)


def _word_of_letters(sensor: Sensor, text: str) -> int:
    content = text.encode("utf-8")
    if len(content) != 2 or not text.isascii():
        raise OutOfRange(
            "%(sensor)s: %(value)s does not fit into %(type)s", sensor=sensor.id, value=text, type="ascii2"
        )
    return int.from_bytes(content, "big")


def _word(sensor: Sensor, number: float | int) -> str:
    code = int(number)
    return sensor.states.get(code, str(code)) if code == number else str(number)


def _code(sensor: Sensor, value: float | int | str) -> int:
    for code, word in sensor.states.items():
        if word == value:
            return int(code)
    try:
        code = int(value)
    except (ValueError, OverflowError):
        raise _no_state(sensor, value) from None
    if isinstance(value, bool) or (isinstance(value, float) and code != value):
        raise _no_state(sensor, value)
    return code


def _float_words(number: float) -> tuple[int, ...]:
    if math.isinf(number):  # by its scale; struct would write infinity
        raise OverflowError
    return struct.unpack(">HH", struct.pack(">f", number))


def _integer_words(sensor: Sensor, number: float | int) -> tuple[int, ...]:
    steps = round(number * sensor.divide / sensor.scale)
    if sensor.type == "integer":
        if not -0x80000000 <= steps <= 0x7FFFFFFF:
            raise OverflowError
        return (steps,)
    if sensor.type == "thousands":
        return struct.unpack(">HH", b"".join(each.to_bytes(2, "big") for each in divmod(steps, 1000)))
    if sensor.bit is not None or sensor.type == "bit":
        if steps not in (0, 1):
            raise OverflowError
        steps <<= sensor.bit or 0
    content = steps.to_bytes(_BYTES[sensor.type], "big", signed=_signed(sensor))
    filled = content.rjust(2 * sensor.words, b"\xff" if steps < 0 else b"\0")
    return struct.unpack(f">{sensor.words}H", filled)


def _signed(sensor: Sensor) -> bool:
    return sensor.type.startswith("int")


def _no_state(sensor: Sensor, value: object) -> OutOfRange:
    words = ", ".join(sensor.states.values())
    return OutOfRange("%(sensor)s: %(value)s is not one of %(words)s", sensor=sensor.id, value=str(value), words=words)
