"""Texts ↔ values, for protocols whose places have names and which answer in words."""

from __future__ import annotations

import re
from decimal import Decimal

from drivers.base import Value
from drivers.errors import BadAnswer, OutOfRange
from drivers.sensor import Sensor

SMALLEST = 1e-6
"""No quantity of a heat pump is smaller than this without being 0: such a number is memory read as a float."""

LONGEST = 500
"""Characters of a text that can still be a value."""

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", re.ASCII)


def decode_text(sensor: Sensor, text: str) -> Value:
    """The value of this text in the sensor's unit, or None for a sentinel and for an empty text.

    A text without a known state stays visible as it is. Raises BadAnswer for what is no number, no switch, or no
    printable text.
    """
    plain = text.strip()
    if plain == "" or plain in sensor.absent:
        return None
    if sensor.type == "number":
        return _number(sensor, plain)
    if sensor.type == "switch":
        return _switch(sensor, plain)
    if len(plain) > LONGEST or not plain.isprintable():
        raise BadAnswer(
            "%(sensor)s: the machine answers %(value)s, which is no text", sensor=sensor.id, value=repr(plain[:80])
        )
    return sensor.states.get(plain, plain)


def encode_text(sensor: Sensor, value: float | int | str) -> str:
    """The text that means this value. A state is given by its word or its own text. Raises OutOfRange."""
    if sensor.states:
        return _code(sensor, value)
    if sensor.type == "word":
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OutOfRange("%(sensor)s: %(value)s is not a number", sensor=sensor.id, value=str(value))
    if sensor.type == "switch":
        if value not in (0, 1):
            raise OutOfRange(
                "%(sensor)s: %(value)s is not one of %(words)s", sensor=sensor.id, value=value, words="0, 1"
            )
        return sensor.off_on[round(value)]
    exact = Decimal(str(value)) / Decimal(str(sensor.scale))
    if not exact.is_finite():
        raise OutOfRange("%(sensor)s: %(value)s is not a number", sensor=sensor.id, value=str(value))
    plain = f"{exact:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _number(sensor: Sensor, text: str) -> float | int | None:
    exact = Decimal(text) if _NUMBER.fullmatch(text) else None
    if exact is None or abs(exact) > Decimal("1e30") or 0 < abs(exact) < Decimal(str(SMALLEST)):
        raise BadAnswer(
            "%(sensor)s: the machine answers %(value)s, which is no number", sensor=sensor.id, value=text[:80]
        )
    if float(exact) in sensor.absent:
        return None
    if sensor.scale != 1:
        exact *= Decimal(str(sensor.scale))
    return float(exact) + 0.0  # -0.0 becomes 0.0


def _switch(sensor: Sensor, text: str) -> int:
    try:
        return sensor.off_on.index(text)
    except ValueError:
        raise BadAnswer(
            "%(sensor)s: the machine answers %(value)s instead of %(words)s",
            sensor=sensor.id,
            value=text[:80],
            words=", ".join(sensor.off_on),
        ) from None


def _code(sensor: Sensor, value: float | int | str) -> str:
    for code, word in sensor.states.items():
        if value in (word, code):
            return str(code)
    words = ", ".join(sensor.states.values())
    raise OutOfRange("%(sensor)s: %(value)s is not one of %(words)s", sensor=sensor.id, value=str(value), words=words)
