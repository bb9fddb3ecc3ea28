"""One reading, in order: from a driver's answer to a committed row."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from app.polling.watch import Watch
from app.reading import Column, Reading
from app.store import outages, outbox, readings
from app.store.database import Database
from app.store.heatpumps import HeatPump
from drivers.base import Answer
from drivers.errors import DriverError
from drivers.sensor import Sensor


def reading_of(heatpump_id: str, at: int, sensors: Sequence[Sensor], answer: Answer) -> Reading:
    """The answer as it is kept; sensors without a value are kept as absent."""
    return Reading(
        heatpump_id,
        at,
        tuple(Column(sensor.id, sensor.unit, storage_of(sensor)) for sensor in sensors),
        tuple(answer.samples[sensor.id].value for sensor in sensors),
        {name: sample.told_at for name, sample in answer.samples.items() if sample.told_at is not None},
    )


def storage_of(sensor: Sensor) -> str:
    """How this sensor's values are kept exactly (see Column)."""
    if sensor.tells_words:
        return "text"
    if sensor.type == "float32" and sensor.scale == 1:
        return "float32"
    if sensor.type == "switch":
        return "1"
    if sensor.words == 1:
        return f"{sensor.scale:g}"
    return "float64"


def keep(
    database: Database, reading: Reading, most_waiting: int | None = None, watch: tuple[Watch, HeatPump] | None = None
) -> int | None:
    """Store a reading in one transaction; since when the heat pump had been lost, or None when it had not.

    With `most_waiting` its samples are also to reach another database: they wait in the outbox, bounded by it. With
    `watch` the alert rules of this heat pump are judged.
    """
    with _turn(watch), database.transaction() as db:
        new = _add(db, reading, most_waiting)
        lost_since = outages.end(db, reading.heatpump_id, reading.at)
        if new and watch is not None:
            watch[0].read(db, watch[1], reading)
        return lost_since


def keep_beside(database: Database, reading: Reading, most_waiting: int | None = None) -> None:
    """Store what others said about a heat pump that itself is away."""
    with database.transaction() as db:
        _add(db, reading, most_waiting)


def lose(
    database: Database, heatpump_id: str, at: int, reason: DriverError, watch: tuple[Watch, HeatPump] | None = None
) -> bool:
    """Note that a heat pump cannot be read; True when that is news."""
    with _turn(watch), database.transaction() as db:
        news = outages.begin(db, heatpump_id, at, reason)
        if watch is not None:
            watch[0].lose(db, watch[1], at)
        return news


def _add(db: sqlite3.Connection, reading: Reading, most_waiting: int | None) -> bool:
    new = readings.add(db, reading)
    if new and most_waiting is not None:
        outbox.add(db, reading.heatpump_id, reading.at, most_waiting)
    return new


def _turn(watch: tuple[Watch, HeatPump] | None) -> AbstractContextManager[None]:
    return nullcontext() if watch is None else watch[0].turn(watch[1].id)
