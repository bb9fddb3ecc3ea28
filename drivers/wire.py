"""What travels for a value, whichever kind of place it lies in: registers, or a text."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.base import Value
from drivers.decode import decode, encode
from drivers.decode_text import decode_text, encode_text
from drivers.sensor import Sensor

Raw = tuple[int, ...] | str


def decoded(sensor: Sensor, raw: Sequence[int] | str) -> Value:
    """The value, or None for a sentinel. Raises BadAnswer."""
    return decode_text(sensor, raw) if isinstance(raw, str) else decode(sensor, raw)


def encoded(sensor: Sensor, value: float | int | str) -> Raw:
    """Raises OutOfRange for what cannot be put so."""
    return encode_text(sensor, value) if sensor.path else encode(sensor, value)
