"""What a simulated machine would have read over a long time, by the column: as `Readout` says, and much faster."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.base import Value
from drivers.sensor import Sensor
from drivers.simulators import raw_values
from drivers.simulators.readout import FURTHER_PART_LOWER, Readout
from drivers.wire import Raw, decoded

Floats = NDArray[np.float64]
Found = list[float | int | str]

_MASK = 0xFFFFFFFF
SURELY_SHORT = 100_000.0
"""Below it, a float32 tells hundredths apart: what was rounded to two decimals comes back as it was."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one sensor said each time: numbers, NaN for nothing; of a text, the place of its word among `words`."""

    values: Floats
    words: tuple[str, ...] | None = None

    def each(self) -> list[Value]:
        """One value per time, None for nothing."""
        listed = self.values.tolist()
        if self.words is not None:
            return [self.words[int(place)] if not math.isnan(place) else None for place in listed]
        return [None if math.isnan(value) else value for value in listed]


class Course:
    """Look at the machine whenever it is read (`look`), and ask for whole columns afterwards.

    What is changed about its settings goes through `write`.
    """

    def __init__(self, machine: Readout) -> None:
        self._machine = machine
        self._names = sorted({name for name, _ in map(machine.quantity, machine.sensors) if name in machine.known})
        self._rows: list[tuple[float | int | str, ...]] = []
        self._seconds: list[int] = []
        self._writes: list[tuple[int, str, Value]] = [
            (0, sensor_id, value) for sensor_id, value in machine.held().items()
        ]
        self._columns: Mapping[str, Found] | None = None

    def look(self) -> None:
        quantities = self._machine.plant.quantities()
        self._rows.append(tuple([quantities[name] for name in self._names]))
        self._seconds.append(self._machine.plant.at)

    def write(self, sensor: Sensor, value: float | int | str) -> None:
        """Change a setting at the machine. Raises OutOfRange as the catalogue's limits say."""
        self._machine.write(sensor, value)
        self._writes.append((len(self._rows), sensor.id, self._machine.value(sensor.id)))

    def column(self, sensor: Sensor) -> Told:
        """What the sensor said at every look; nothing that follows from others."""
        told = self._measured(sensor)
        for place, sensor_id, value in self._writes:
            if sensor_id == sensor.id:
                told = _joined(told, place, _told([value], np.zeros(len(self._rows) - place, np.int64)))
        return told

    def follows(self, sensor: Sensor, others: Mapping[str, Told]) -> Told:
        """What followed from others at every look."""
        derived = sensor.derived
        assert derived is not None
        lists = [others[name].each() if name in others else [None] * len(self._rows) for name in derived.inputs]
        found: dict[tuple[Value, ...], Value] = {}
        places = []
        for row in zip(*lists, strict=True):
            if row not in found:
                values = dict(zip(derived.inputs, row, strict=True))
                absent = frozenset(name for name, value in values.items() if value is None)
                found[row] = derived.rule.value(values, derived.may_be_absent & absent)
            places.append(row)
        numbers = {row: number for number, row in enumerate(found)}
        return _told(list(found.values()), np.array([numbers[row] for row in places], np.int64))

    def _measured(self, sensor: Sensor) -> Told:
        if self._columns is None:
            columns = zip(*self._rows, strict=True) if self._rows else ([] for _ in self._names)
            self._columns = dict(zip(self._names, map(list, columns), strict=True))
        name, further = self._machine.quantity(sensor.id)
        otherwise = decoded(sensor, self._machine.otherwise(sensor))
        found = self._columns.get(name)
        if found is None or not self._machine.fitted(sensor):
            return _told([otherwise], np.zeros(len(self._rows), np.int64))
        if sensor.states or any(isinstance(each, str) for each in found):
            if sensor.type == "ascii2" and not isinstance(found[0], str):
                return _told([otherwise], np.zeros(len(self._rows), np.int64))
            return _each(found, lambda word: raw_values.word(sensor, word), sensor, otherwise)  # type: ignore[arg-type]
        if sensor.type == "ascii2":
            return _told([otherwise], np.zeros(len(self._rows), np.int64))
        if sensor.write is not None:
            return _each(found, lambda value: raw_values.setting(sensor, value), sensor, otherwise)  # type: ignore[arg-type]
        return self._numbers(sensor, name, further, np.array(found, np.float64), otherwise)

    def _numbers(self, sensor: Sensor, name: str, further: int, found: Floats, otherwise: Value) -> Told:
        if sensor.unit == "°C":
            found = found * (1 - FURTHER_PART_LOWER * further)
        amplitude, share, seed = self._machine.jitter(sensor, name, further)
        if amplitude or share:
            found = found + (amplitude + share * found) * _jitters(seed, np.array(self._seconds, np.int64))
        if raw_values.is_free(sensor):
            rounded = np.round(found, raw_values.FLOAT_DECIMALS) + 0.0
            rounded = np.where(np.isin(rounded, list(sensor.absent)), rounded + 10**-raw_values.FLOAT_DECIMALS, rounded)
            if sensor.type == "float32" and sensor.scale == 1 and np.abs(rounded).max(initial=0.0) < SURELY_SHORT:
                return Told(rounded)
            return _each(rounded.tolist(), lambda value: raw_values.measured(sensor, value), sensor, otherwise)  # type: ignore[arg-type]
        counts = np.rint(found / sensor.scale).astype(np.int64).tolist()
        return _each(counts, lambda count: raw_values.measured(sensor, count * sensor.scale), sensor, otherwise)  # type: ignore[operator]


def _each(found: Sequence[Hashable], put: Callable[[object], Raw | None], sensor: Sensor, otherwise: Value) -> Told:
    """Through the wire and back, once for everything that differs."""
    numbers: dict[Hashable, int] = {}
    places = [numbers.setdefault(each, len(numbers)) for each in found]
    values = []
    for each in numbers:
        raw = put(each)
        values.append(otherwise if raw is None else decoded(sensor, raw))
    return _told(values, np.array(places, np.int64))


def _told(values: Sequence[Value], places: NDArray[np.int64]) -> Told:
    """These values at these places."""
    if any(isinstance(value, str) for value in values):
        words = tuple(dict.fromkeys(str(value) for value in values if value is not None))
        numbers = [np.nan if value is None else float(words.index(str(value))) for value in values]
        return Told(np.array(numbers, np.float64)[places], words)
    numbers = [np.nan if value is None else float(value) for value in values]
    return Told((np.array(numbers, np.float64) if numbers else np.zeros(1))[places])


def _jitters(seed: int, places: NDArray[np.int64]) -> Floats:
    """`noise.jitter` of each of these places."""
    jittered: Floats = _units(seed, places) + _units(seed ^ _MASK, places) - 1
    return jittered


def _units(seed: int, places: NDArray[np.int64]) -> Floats:
    mask = np.uint64(_MASK)
    mixed = (np.uint64(seed) ^ (places.astype(np.uint64) * np.uint64(0x9E3779B1))) & mask
    mixed = (mixed ^ mixed >> np.uint64(16)) * np.uint64(0x85EBCA6B) & mask
    mixed = (mixed ^ mixed >> np.uint64(13)) * np.uint64(0xC2B2AE35) & mask
    units: Floats = (mixed ^ mixed >> np.uint64(16)) / 0x100000000
    return units


def _joined(before: Told, place: int, after: Told) -> Told:
    if before.words is None and after.words is None:
        return Told(np.concatenate([before.values[:place], after.values]))
    values = [*before.each()[:place], *after.each()]
    return _told(values, np.arange(len(values)))
