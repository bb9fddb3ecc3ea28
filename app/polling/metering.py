"""Reads the owner's own meters beside the heat pumps; a meter that hangs holds up nothing but itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import msgspec

from app.reading import Column, Reading, Value
from app.store import meters
from app.store.database import Database
from drivers.errors import BadAnswer, DriverError
from drivers.meters.source import Meter, Shown
from drivers.sensor import Sensor

THREADS = 8
EARLY_S = 1.0
"""A meter with an interval of its own is asked with the poll that comes next, or up to so much before its time."""

log = logging.getLogger(__name__)

_decoder = msgspec.json.Decoder(Meter)


@dataclass(slots=True)
class _Asked:
    """One meter as it is asked; `due` in UTC seconds."""

    heatpump_id: str
    kept: meters.Kept
    meter: Meter
    due: float = 0.0
    running: bool = False
    fresh: dict[str, float] = field(default_factory=dict)
    problems: dict[str, DriverError] = field(default_factory=dict)


class Metering:
    """Every meter with what it showed since it was last taken.

    `ask` reads one meter, with the secret of this name, and may take its time.
    """

    def __init__(
        self,
        database: Database,
        sensors: Mapping[str, Sensor],
        ask: Callable[[Meter, str | None], Shown],
        clock: Callable[[], float],
    ) -> None:
        self.sensors = sensors
        self._database = database
        self._ask = ask
        self._clock = clock
        self._turn = threading.Lock()
        self._asked: dict[int, _Asked] = {}
        self._threads: ThreadPoolExecutor | None = None
        self._stopping = False

    def follow(self) -> None:
        """Know exactly the meters of the database, each as it is written there."""
        kept = {each.id: each for each in meters.all_of_them(self._database.connection())}
        with self._turn:
            for meter_id in [known for known, each in self._asked.items() if kept.get(known) != each.kept]:
                del self._asked[meter_id]
            for meter_id, each in kept.items():
                if meter_id not in self._asked:
                    self._asked[meter_id] = _Asked(each.heatpump_id, each, _decoder.decode(each.content))

    def begin(self, heatpump_id: str, with_poll_s: float) -> None:
        """Ask the meters of this heat pump that are due; waits for none of them."""
        now = self._clock()
        with self._turn:
            for meter_id, each in self._of(heatpump_id).items():
                interval_s = each.meter.interval_s or with_poll_s
                waiting = 0 < each.due - now - EARLY_S <= interval_s  # also after the clock was set back
                if each.running or self._stopping or (waiting and each.meter.interval_s is not None):
                    continue
                each.running, each.due = True, now + interval_s
                self._pool().submit(self._read, meter_id, each)

    def beside(self, heatpump_id: str, at: int) -> Reading | None:
        """What the meters of this heat pump showed since this was last asked; None for one without meters."""
        with self._turn:
            of_this = self._of(heatpump_id).values()
            delivered = [sensor_id for each in of_this for sensor_id in each.meter.delivers]
            fresh = {sensor_id: value for each in of_this for sensor_id, value in each.fresh.items()}
            for each in of_this:
                each.fresh = {}
        if not delivered:
            return None
        columns = tuple(Column(name, self.sensors[name].unit, "float64") for name in delivered)
        return Reading(heatpump_id, at, columns, tuple(fresh.get(name) for name in delivered))

    def delivers(self, heatpump_id: str) -> list[str]:
        """The sensors that the meters of this heat pump feed."""
        with self._turn:
            return [sensor_id for each in self._of(heatpump_id).values() for sensor_id in each.meter.delivers]

    def problems(self, heatpump_id: str) -> dict[str, DriverError]:
        """What was wrong the last time, by sensor."""
        with self._turn:
            return {name: why for each in self._of(heatpump_id).values() for name, why in each.problems.items()}

    def stop(self) -> None:
        """Ask no more; what is being asked ends by its own time-out."""
        with self._turn:
            self._stopping = True
            if self._threads is not None:
                self._threads.shutdown(wait=False, cancel_futures=True)

    def _of(self, heatpump_id: str) -> dict[int, _Asked]:
        return {meter_id: each for meter_id, each in self._asked.items() if each.heatpump_id == heatpump_id}

    def _pool(self) -> ThreadPoolExecutor:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, "meter")
        return self._threads

    def _read(self, meter_id: int, asked: _Asked) -> None:
        try:
            shown = self._ask(asked.meter, asked.kept.secret)
        except Exception:  # the edge of a job: one meter must not stop the others
            log.exception("%s: reading meter %d failed for a reason of our own", asked.heatpump_id, meter_id)
            why = BadAnswer("it could not be read; the log says why")
            shown = Shown({}, dict.fromkeys(asked.meter.delivers, why))
        with self._turn:
            before, asked.problems = asked.problems, dict(shown.problems)
            asked.fresh |= shown.values
            asked.running = False
        for sensor_id, problem in shown.problems.items():
            if sensor_id not in before:
                log.warning("%s: the meter of %s is lost: %s", asked.heatpump_id, sensor_id, problem)
        for sensor_id in before.keys() - shown.problems.keys():
            log.info("%s: the meter of %s is back", asked.heatpump_id, sensor_id)


def joined(reading: Reading, beside: Reading | None) -> Reading:
    """One reading of both."""
    if beside is None:
        return reading
    return replace(reading, columns=reading.columns + beside.columns, values=reading.values + beside.values)


def told(beside: Reading) -> Reading:
    """Only what has a value: the last ones stay shown meanwhile."""
    pairs = [pair for pair in zip(beside.columns, beside.values, strict=True) if pair[1] is not None]
    values: tuple[Value, ...] = tuple(value for _, value in pairs)
    return replace(beside, columns=tuple(column for column, _ in pairs), values=values)
