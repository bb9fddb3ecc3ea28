"""The lines of a CSV file from us or from elsewhere: what its first line means, and each other line's reading."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from app.messages import Invalid
from app.reading import Column, Reading, Value
from app.services import moments
from app.services.csv_cells import BadCell, Cells
from app.services.exports import TIMESTAMP
from drivers.model import Model

LONGEST_LINE = 1_000_000
MOST_COLUMNS = 5000
AHEAD_S = 86400
"""No reading lies further ahead of the clock than this; a wrong unit of time, such as milliseconds, does."""


class BadLine(ValueError):
    """A line cannot be kept; the message says why."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the first line says: a sensor per column, None where there is no such sensor."""

    delimiter: str
    sensors: tuple[str | None, ...]
    unknown: tuple[str, ...]


class Lines:
    """Reads the lines of one file for one model; `latest` is the last second that is believed."""

    def __init__(self, file: TextIO, model: Model, latest: int) -> None:
        """Raises Invalid when the first line does not fit."""
        self._lines = _bounded(file)
        self._model = model
        self._latest = latest
        self.heading = _heading(next(self._lines, ""), model)
        self._cells = {sensor: Cells(model.every_sensor[sensor]) for sensor in self.heading.sensors if sensor}
        self._all = [self._cells[sensor] for sensor in model.every_sensor if sensor in self._cells]
        self._fast = [each for each in self._all if model.every_sensor[each.column.sensor].tier == "fast"]

    def each(self, heatpump_id: str) -> Iterator[tuple[int, Reading | BadLine | None]]:
        """(number of the line, its reading); None for a line without a value, BadLine for one that cannot be kept."""
        rows = csv.reader(self._lines, delimiter=self.heading.delimiter, strict=True)
        number = 1
        while True:
            begin = number + 1
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                number = 1 + rows.line_num
                yield begin, BadLine(f"is no CSV: {error}")
                continue
            number = 1 + rows.line_num
            try:
                yield begin, self._reading(heatpump_id, row)
            except BadLine as reason:
                yield begin, reason

    def _reading(self, heatpump_id: str, row: Sequence[str]) -> Reading | None:
        if not any(row):
            return None
        if len(row) != len(self.heading.sensors) + 1:
            raise BadLine(f"has {len(row)} columns instead of {len(self.heading.sensors) + 1}")
        at, values = self._time(row[0].strip()), self._values(row[1:])
        if not values:
            return None
        asked = self._asked(values)
        return Reading(heatpump_id, at, tuple(asked), tuple(values.get(column.sensor) for column in asked))

    def _asked(self, values: Mapping[str, Value]) -> list[Column]:
        """The columns of the poll that it stands for, so that what was not asked for does not become unknown."""
        if self._model.reads.answer_s:  # of a machine that answers slowly, each poll asks for some of the slow ones
            return [cells.column for cells in self._all if cells in self._fast or cells.column.sensor in values]
        slow = any(self._model.every_sensor[sensor].tier == "slow" for sensor in values)
        return [cells.column for cells in (self._all if slow else self._fast)]

    def _time(self, text: str) -> int:
        try:
            at = moments.exact(text)
        except moments.NoMoment as error:
            raise BadLine(f"{TIMESTAMP}: {error}") from None
        if at > self._latest:
            raise BadLine(f"{TIMESTAMP}: {text!r} lies in the future")
        return at

    def _values(self, row: Sequence[str]) -> Mapping[str, Value]:
        values: dict[str, Value] = {}
        for sensor, text in zip(self.heading.sensors, row, strict=True):
            if sensor is None:
                continue
            try:
                value = self._cells[sensor].value(text, decimal_comma=self.heading.delimiter == ";")
            except BadCell as error:
                raise BadLine(f"{sensor}: {error}") from None
            if value is not None:
                values[sensor] = value
        return values


def _heading(line: str, model: Model) -> Heading:
    delimiter = ";" if ";" in line else ","
    try:
        names = [name.strip() for name in next(csv.reader([line], delimiter=delimiter, strict=True), [])] or [""]
    except csv.Error:
        names = [""]
    if names[0].lower() != TIMESTAMP or len(names) < 2:
        raise Invalid("file", "the first line must be timestamp,sensor,… with commas or semicolons")
    if len(names) > MOST_COLUMNS:
        raise Invalid("file", "the first line names more than %(most)s columns", most=MOST_COLUMNS)
    for name, times in Counter(names).items():
        if times > 1:
            raise Invalid("file", "the first line names %(name)s twice", name=name or "–")
    sensors = tuple(name if name in model.every_sensor else None for name in names[1:])
    unknown = tuple(name for name in names[1:] if name not in model.every_sensor)
    if not any(sensors):
        raise Invalid(
            "file",
            "none of the columns is a sensor of %(model)s: %(names)s",
            model=model.name,
            names=", ".join(unknown)[:200],
        )
    return Heading(delimiter, sensors, unknown)


def _bounded(file: TextIO) -> Iterator[str]:
    """The lines of a file, none of which can fill the memory. Raises Invalid."""
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise Invalid("file", "a line is longer than %(most)d characters: this is no CSV", most=LONGEST_LINE)
        yield line
