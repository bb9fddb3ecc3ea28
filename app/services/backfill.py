"""Hand the history that is kept here to VictoriaMetrics; what it has already is not sent again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app import metric
from app.cluster import lines
from app.cluster.client import CannotBeAsked, VictoriaMetrics
from app.messages import Rejected
from app.store import outbox, readings
from app.store.heatpumps import HeatPump
from app.system import System

FRESH_S = 10
"""What was read in these last seconds may be on its way without being visible there yet."""

STRETCH_S = 6 * 3600
"""So much history of one heat pump travels in one request: some hundred thousand samples at the most."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One stretch is done; `until` in UTC seconds."""

    until: int
    sent: int
    there: int


def target(system: System) -> VictoriaMetrics:
    """Where samples go. Raises Rejected when that is not configured."""
    if system.cluster is None or not system.config.victoriametrics:
        raise Rejected(
            "the key victoriametrics is not set; put the address into config.yaml, such as %(example)s",
            example="victoriametrics: http://127.0.0.1:8428",
        )
    return system.cluster


def stretch(system: System, pump: HeatPump, start: int, end: int) -> tuple[int, int] | None:
    """From the first poll in start <= time < end up to those that the running monitor delivers; None without any."""
    db = system.database.connection()
    first = next(readings.samples(db, pump.id, readings.sensors(db, pump.id), start, end), None)
    waiting = outbox.oldest(db, pump.id)
    fresh = int(system.clock()) - FRESH_S
    last = min(end, fresh, fresh if waiting is None else waiting)
    return (first[0], last) if first is not None and first[0] < last else None


def push(system: System, pump: HeatPump, start: int, end: int) -> Iterator[Progress]:
    """Send start <= time < end stretch by stretch; it can be ended and begun again at any time.

    Raises Rejected, or Unavailable when the other side takes no samples.
    """
    client, box = target(system), system.config.box
    db = system.database.connection()
    labels = metric.labels(pump, box)
    sensor_ids, sensors = readings.sensors(db, pump.id), system.sensors_of(pump)
    for begin in range(start, end, STRETCH_S):
        until = min(begin + STRETCH_S, end)
        polls = readings.samples(db, pump.id, sensor_ids, begin, until)
        found = lines.of_polls(labels, sensor_ids, sensors, polls)
        if not found:
            continue
        try:
            missing = lines.without(found, client.times({"heatpump_id": pump.id, "box": box}, begin, until - 1))
        except CannotBeAsked:
            missing = found
        if missing:
            client.push(missing)
        sent = lines.count(missing)
        yield Progress(until, sent, lines.count(found) - sent)
