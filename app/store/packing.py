"""The samples of one poll as a few bytes: a bitmap of what is present, then the values."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from drivers.float32 import shortest

_FORMATS = {"float32": "f", "float64": "d", "text": "i"}
_INT32_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Step:
    """Values that are whole multiples of a decimal step, kept as their count."""

    size: float
    decimals: int

    @classmethod
    def of(cls, storage: str) -> Step | None:
        if storage in _FORMATS:
            return None
        exponent = Decimal(storage).normalize().as_tuple().exponent
        return cls(float(storage), max(0, -int(exponent)))

    def count(self, value: float | int) -> int:
        """Raises ValueError when the value is no multiple or too large for an int32."""
        count = round(value / self.size)
        if self.value(count) != value or abs(count) > _INT32_MAX:
            raise ValueError(f"{value} is not a storable multiple of {self.size}")
        return count

    def value(self, count: int) -> float | int:
        return round(count * self.size, self.decimals) if self.decimals else round(count * self.size)


class Packing:
    """How the values of one layout are packed; texts are numbers here (texts.id).

    Bytes: ceil(n / 8) of bitmap (bit i % 8 of byte i // 8 set: value i present), then little-endian float32,
    float64 or int32 per column without padding, zero where absent.
    """

    def __init__(self, storages: Sequence[str]) -> None:
        self._storages = tuple(storages)
        self._steps = [Step.of(each) for each in storages]
        self._bitmap_size = (len(storages) + 7) // 8
        formats = [_FORMATS.get(each, "i") for each in storages]
        self._values = struct.Struct("<" + "".join(formats))
        self._column = [struct.Struct("<" + each) for each in formats]
        self._offsets = list(accumulate((each.size for each in self._column[:-1]), initial=self._bitmap_size))
        self.size = self._bitmap_size + self._values.size

    def pack(self, values: Sequence[float | int | None]) -> bytes:
        """Values in layout order, None where absent. Raises ValueError for one its storage cannot hold exactly."""
        bitmap = bytearray(self._bitmap_size)
        numbers: list[float | int] = []
        for index, value in enumerate(values):
            if value is None:
                numbers.append(0)
                continue
            bitmap[index >> 3] |= 1 << (index & 7)
            numbers.append(self._stored(index, value))
        return bytes(bitmap) + self._values.pack(*numbers)

    def unpack(self, samples: bytes) -> list[float | int | None]:
        """All values of a poll in layout order."""
        return [self.value(samples, index) for index in range(len(self._storages))]

    def value(self, samples: bytes, index: int) -> float | int | None:
        """One column's value, without decoding the others."""
        if not samples[index >> 3] >> (index & 7) & 1:
            return None
        number: float | int = self._column[index].unpack_from(samples, self._offsets[index])[0]
        step = self._steps[index]
        if step is not None:
            return step.value(int(number))
        return shortest(number) if self._storages[index] == "float32" else number

    def where(self, index: int) -> tuple[int, str]:
        """The byte at which a column begins, and its format: f, d or i."""
        return self._offsets[index], self._column[index].format[1:]

    def _stored(self, index: int, value: float | int) -> float | int:
        step = self._steps[index]
        if step is not None:
            return step.count(value)
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a storable number")
        return value
