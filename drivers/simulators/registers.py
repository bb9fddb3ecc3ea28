"""A controller's registers as a server of data points, not as flat memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Literal

from drivers.decode import decode, encode
from drivers.errors import BadAnswer, OutOfRange, Refused
from drivers.model import Reads
from drivers.sensor import Sensor
from drivers.simulators.readout import Readout


class IllegalAddress(Refused):
    """Nothing is there, or it cannot be read or written (Modbus exception 2)."""


class IllegalValue(Refused):
    """It cannot be set to this (Modbus exception 3)."""


class Registers:
    """A request begins where a point begins, or inside one, and is filled with whole points from there.

    So the float at 1392 and the byte at 1393 can both exist: whichever begins at the place that is asked for is
    answered. A model that uses only one table of registers is answered alike on both. `reads.gaps` are places without a
    point that are answered all the same, and with what. Where a register tells in which order words are sent, they are.
    """

    def __init__(self, readout: Readout, reads: Reads | None = None) -> None:
        self.readout = readout
        self._gaps = reads.gaps if reads is not None else {}
        self._one_by_one = reads is not None and reads.one_by_one
        self._order = reads.word_order_from if reads is not None else None
        sensors = readout.sensors.values()
        self._tables = {
            table: _Table(each for each in sensors if each.table == table)
            for table in ("holding", "input", "coil", "discrete")
        }
        used = {sensor.table for sensor in sensors} & {"holding", "input"}
        if len(used) == 1:
            self._tables |= dict.fromkeys(("holding", "input"), self._tables[used.pop()])

    def read(self, table: str, at: int, count: int) -> list[int]:
        """`count` words from `at`. Raises IllegalAddress unless every one of them belongs to a readable point."""
        points = self._tables[table]
        words: list[int] = []
        together = not points.is_one(at, count)
        if together and self._one_by_one and points.point(at)[0] is not None:
            raise IllegalValue("one value at a time, not %(count)d words at %(at)d", count=count, at=at)
        while len(words) < count:
            sensor, offset = points.point(at + len(words))
            if sensor is None and (table, at + len(words)) in self._gaps:
                words.append(self._gaps[table, at + len(words)])
                continue
            if sensor is None or not sensor.readable:
                raise IllegalAddress("nothing to read at %(at)d", at=at + len(words))
            # measured on a real controller: such a point delivers garbage unless it is asked for alone
            garbled = sensor.alone and together
            words.extend((0,) * (sensor.words - offset) if garbled else self._words(points, sensor)[offset:])
        return words[:count]

    def read_bits(self, table: str, at: int, count: int) -> list[bool]:
        """The coils or discrete inputs from `at`; those after the first may be missing, and are off."""
        points = self._tables[table]
        if points.point(at)[0] is None:
            raise IllegalAddress("nothing to read at %(at)d", at=at)
        found = [points.point(each)[0] for each in range(at, at + count)]
        return [sensor is not None and bool(self.readout.words(sensor)[0]) for sensor in found]

    def _words(self, points: _Table, sensor: Sensor) -> tuple[int, ...]:
        """Those of one point; several points may be bits of one word."""
        if sensor.bit is None:
            return self._as_sent(sensor)
        return (reduce(or_, (self.readout.words(each)[0] for each in points.bits(sensor.at))),)

    def write(self, at: int, words: Sequence[int], table: str = "holding") -> None:
        """Set the one point that begins at `at`.

        Raises IllegalAddress where no setting begins, IllegalValue for a part of one, more than one, or a value
        that the catalogue does not allow.
        """
        sensor, offset = self._tables[table].point(at)
        if sensor is None or offset or sensor.write is None:
            raise IllegalAddress("nothing to write at %(at)d", at=at)
        if len(words) != sensor.words:
            raise IllegalValue("%(sensor)s has %(count)d words", sensor=sensor.id, count=sensor.words)
        try:
            # a sentinel is a number like any other here
            written = replace(sensor.as_written, absent=frozenset(), word_order=self._word_order(sensor.as_written))
            value = decode(written, words)
            if value is None or (sensor.type != "float32" and encode(written, value) != tuple(words)):
                raise IllegalValue("%(sensor)s cannot hold %(words)s", sensor=sensor.id, words=list(words))
            self.readout.write(sensor, value)
        except (BadAnswer, OutOfRange) as error:
            raise IllegalValue(error.template, **error.facts) from error

    def _as_sent(self, sensor: Sensor) -> tuple[int, ...]:
        words = self.readout.words(sensor)
        return words if self._word_order(sensor) == sensor.word_order else words[::-1]

    def _word_order(self, sensor: Sensor) -> Literal["big", "little"]:
        if self._order is None or self._order.sensor not in self.readout.sensors:
            return sensor.word_order
        code = self.readout.words(self.readout.sensors[self._order.sensor])[0] & 0xFF
        return self._order.codes.get(code, sensor.word_order)


class _Table:
    """Which point answers at an address: one that begins there before one that only reaches there."""

    def __init__(self, sensors: Iterable[Sensor]) -> None:
        self._points: dict[int, tuple[Sensor, int]] = {}
        self._bits: dict[int, list[Sensor]] = {}
        for sensor in sorted(sensors, key=lambda each: each.at):
            for offset in range(sensor.words):
                self._points.setdefault(sensor.at + offset, (sensor, offset))
            self._points[sensor.at] = (sensor, 0)
            if sensor.bit is not None:
                self._bits.setdefault(sensor.at, []).append(sensor)

    def point(self, at: int) -> tuple[Sensor | None, int]:
        return self._points.get(at, (None, 0))

    def bits(self, at: int) -> list[Sensor]:
        return self._bits[at]

    def is_one(self, at: int, count: int) -> bool:
        sensor, offset = self.point(at)
        return sensor is not None and offset == 0 and sensor.words == count
