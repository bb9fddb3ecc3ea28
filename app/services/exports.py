"""A heat pump's history for other programs: what may be taken out, and its rows, a few at a time."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.messages import Invalid, Rejected
from app.polling.pipeline import storage_of
from app.reading import Column, Value
from app.services import heatpumps, models
from app.services.csv_cells import cell
from app.services.moments import LATEST_TIME, written
from app.store import columns, readings
from app.store.heatpumps import HeatPump
from app.system import System

TIMESTAMP = "timestamp"
ROWS_PER_PIECE = 200
LONGEST_LOOK_S = 31 * 86400
"""So much history is read in one go. A reader that never ends would keep the write-ahead log growing."""

Row = tuple[int, list[Value]]


@dataclass(frozen=True, slots=True)
class Export:
    """These sensors of a heat pump with start <= time < end (UTC seconds).

    `columns`: all their series; a sensor that changed its unit has several.
    """

    pump: HeatPump
    sensors: tuple[str, ...]
    columns: tuple[Column, ...]
    start: int
    end: int

    @property
    def file_name(self) -> str:
        return f"{self.pump.id}.csv"


def chosen(
    system: System, heatpump_id: str, sensors: Sequence[str] = (), start: int | None = None, end: int | None = None
) -> Export:
    """What is to be taken out; no sensors means all of them, no border means from or to the very end.

    Raises NotFound, or Invalid naming the field.
    """
    pump = heatpumps.get(system, heatpump_id)
    known = _known(system, pump)
    names = {column.sensor for column in known}
    for sensor in sensors:
        if sensor not in names:
            raise Invalid("sensors", "%(sensor)s is not a sensor of this heat pump", sensor=sensor)
    start, end = 0 if start is None else start, LATEST_TIME + 1 if end is None else end
    if start >= end:
        raise Invalid("from", "%(start)d is not before %(end)d (to)", start=start, end=end)
    taken = tuple(dict.fromkeys(sensors or (column.sensor for column in known)))
    return Export(pump, taken, tuple(column for column in known if column.sensor in taken), start, end)


def sensors(system: System, pump: HeatPump) -> list[str]:
    """Everything that can be taken out."""
    return list(dict.fromkeys(column.sensor for column in _known(system, pump)))


def rows(system: System, export: Export) -> Iterator[Row]:
    """(UTC seconds, a value per sensor) of every reading that has any of the values, in order of time.

    Raises Rejected when the database cannot be read any more.
    """
    start = export.start
    while start < export.end:
        pause = None
        for at, values in _read(system, export, start):
            if pause is None:
                pause = at + LONGEST_LOOK_S
            elif at >= pause:
                start = at
                break
            if any(value is not None for value in values):
                yield at, values
        else:
            return


def _read(system: System, export: Export, start: int) -> Iterator[Row]:
    """What the store has from `start` on."""
    db = system.database.connection()
    try:
        yield from readings.samples(db, export.pump.id, export.sensors, start, export.end)
    except sqlite3.Error as error:
        raise Rejected("the history cannot be read: %(reason)s", reason=str(error)) from error


def csv_pieces(system: System, export: Export) -> Iterator[str]:
    """The CSV file (RFC 4180), some kilobytes at a time; docs/operations.md describes it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([TIMESTAMP, *export.sensors])
    for number, (at, values) in enumerate(rows(system, export), 1):
        writer.writerow([written(at), *(cell(value) for value in values)])
        if number % ROWS_PER_PIECE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _known(system: System, pump: HeatPump) -> list[Column]:
    """The sensors that are read now, in catalogue order, and what else the history holds."""
    model = models.of(system, pump)
    kept = columns.of(system.database.connection(), pump.id)
    if model is None:
        return kept
    read_now = [Column(each.id, each.unit, storage_of(each)) for each in model.sensors(pump.options)]
    order = {sensor: place for place, sensor in enumerate(model.every_sensor)}
    both = dict.fromkeys(read_now + kept)
    return sorted(both, key=lambda column: (order.get(column.sensor, len(order)), column.sensor))
