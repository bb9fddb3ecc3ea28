"""The last values of every heat pump, in memory: a page never waits for a disk or a machine."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import replace

from app.polling.half_hour import HalfHour
from app.polling.trend import Trend
from app.reading import Reading
from app.store import heatpumps, readings
from app.store.readings import Sample
from drivers.meters.source import METER_SENSORS


class Latest:
    """Filled from the store at start, then by every reading."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._samples: dict[str, dict[str, Sample]] = {}
        self.half_hour = HalfHour()
        self.trend = Trend()

    def load(self, db: sqlite3.Connection) -> None:
        for pump in heatpumps.all_of_them(db):
            self.take(db, pump.id)

    def take(self, db: sqlite3.Connection, heatpump_id: str) -> None:
        """What the store says of one heat pump, such as after its history was laid down."""
        self._samples[heatpump_id] = readings.latest(db, heatpump_id)

    def put(self, reading: Reading) -> None:
        fresh = {
            column.sensor: Sample(reading.at, value, reading.told_at.get(column.sensor))
            for column, value in zip(reading.columns, reading.values, strict=True)
        }
        with self._turn:
            # a new mapping each time: whoever holds the old one keeps a consistent picture
            self._samples[reading.heatpump_id] = self._samples.get(reading.heatpump_id, {}) | fresh
            self.half_hour.put(reading)
            self.trend.put(reading)

    def clock_was_set(self, moved_s: int) -> None:
        """What was read half a minute ago was read half a minute ago, whatever the clock says now."""
        with self._turn:
            for heatpump_id, samples in self._samples.items():
                moved = {sensor: replace(sample, at=sample.at + moved_s) for sensor, sample in samples.items()}
                self._samples[heatpump_id] = moved

    def forget(self, heatpump_id: str) -> None:
        with self._turn:
            self._samples.pop(heatpump_id, None)
            self.half_hour.forget(heatpump_id)
            self.trend.forget(heatpump_id)

    def of(self, heatpump_id: str) -> Mapping[str, Sample]:
        """sensor → its last value and time; empty when nothing was ever read."""
        return self._samples.get(heatpump_id, {})

    def last_seen(self, heatpump_id: str) -> int | None:
        """UTC seconds of the last reading of the heat pump itself; the owner's meters go on when it is away."""
        own = (sample.at for sensor, sample in self.of(heatpump_id).items() if sensor not in METER_SENSORS)
        return max(own, default=None)
