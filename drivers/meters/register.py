"""One value of any Modbus TCP meter: the owner says where it lies and how it is written."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from decimal import Decimal

from drivers.errors import BadAnswer
from drivers.meters.source import TYPES, Meter, Order
from drivers.modbus_line import Lines

_FORMATS = dict(zip(TYPES, (">H", ">h", ">I", ">i", ">Q", ">q", ">f", ">d"), strict=True))
TIMEOUT_S = 3.0


def read(lines: Lines, meter: Meter, at: int) -> float:
    """The value at this register, scaled. Raises DriverError."""
    host, _, port = meter.address.rpartition(":")
    line = lines.take(host.strip("[]"), int(port))
    try:
        count = struct.calcsize(_FORMATS[meter.type]) // 2
        words = line.read(meter.table, at, count, meter.unit_id, TIMEOUT_S)
    finally:
        lines.give_back(line)
    return scaled(words, meter.type, meter.word_order, meter.scale)


def scaled(words: Sequence[int], type: str, word_order: Order, scale: float) -> float:
    """Raises BadAnswer for what is no number."""
    ordered = words if word_order == "big" else list(reversed(words))
    (value,) = struct.unpack(_FORMATS[type], b"".join(word.to_bytes(2, "big") for word in ordered))
    if not math.isfinite(value):
        raise BadAnswer("the meter answers %(value)s, which is no number", value=str(value))
    return float(Decimal(str(value)) * Decimal(str(scale)))
