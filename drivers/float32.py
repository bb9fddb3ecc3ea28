"""Numbers that travel and lie as 32-bit floats, written the short way."""

from __future__ import annotations

import math
import struct


def shortest(number: float) -> float:
    """The shortest decimal that is the same float32: 20.78248, not 20.782479858398438."""
    if not math.isfinite(number):
        return number
    bits = struct.pack(">f", number)
    for digits in (6, 7, 8):
        short = float(f"{number:.{digits}g}")
        if struct.pack(">f", short) == bits:
            return short + 0.0  # -0.0 becomes 0.0
    return float(f"{number:.9g}")
