"""Values as cells of a CSV file and back, without losing a bit."""

from __future__ import annotations

import math
import re

from app.polling.pipeline import storage_of
from app.reading import Column, Value
from app.store.packing import Packing
from drivers.sensor import Sensor

FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
"""A spreadsheet would compute a text that begins so (or hide the apostrophe); it gets one more apostrophe."""

LONGEST_TEXT = 1000
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?", re.ASCII)


class BadCell(ValueError):
    """What stands in a cell cannot be kept; the message says why."""


def cell(value: Value) -> Value:
    """What the csv module is to write: numbers as they are (it writes the shortest exact form), texts made harmless."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


class Cells:
    """How the cells of one sensor are read."""

    def __init__(self, sensor: Sensor) -> None:
        self.column = Column(sensor.id, sensor.unit, storage_of(sensor))
        # a machine that answers in words may answer one that we do not know; it is kept as it is
        self._words = frozenset() if sensor.path else frozenset(sensor.states.values())
        self._packing = Packing([self.column.storage])

    def value(self, text: str, decimal_comma: bool = False) -> Value:
        """The value as it will be kept, or None for an empty cell. Raises BadCell."""
        if text == "":
            return None
        if self.column.storage == "text":
            return self._text(text.removeprefix("'"))
        return self._number(text.strip().replace(",", ".") if decimal_comma else text.strip())

    def _text(self, text: str) -> str:
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise BadCell("is not UTF-8")
        if len(text) > LONGEST_TEXT:
            raise BadCell(f"is longer than {LONGEST_TEXT} characters")
        # the pipeline keeps a code without a known word as its number
        if self._words and text not in self._words and not _NUMBER.fullmatch(text):
            raise BadCell(f"{text[:40]!r} is not one of its states")
        return text

    def _number(self, text: str) -> float | int:
        if not _NUMBER.fullmatch(text):
            raise BadCell(f"{text[:40]!r} is not a number")
        number = float(text)
        if not math.isfinite(number):
            raise BadCell(f"{text[:40]} is too large")
        try:
            kept = self._packing.unpack(self._packing.pack([number]))[0]
        except ValueError as error:
            raise BadCell(str(error)) from None
        except OverflowError:
            raise BadCell(f"{text[:40]} is too large") from None
        assert kept is not None
        if not math.isfinite(kept):
            raise BadCell(f"{text[:40]} is too large")
        return kept
