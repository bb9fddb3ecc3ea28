"""Somebody wants a value at a heat pump: everything that can be said about that without asking the machine."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass

from app.messages import Message
from app.polling.holding import REFRESH_AFTER
from app.polling.reader import Reader
from app.reading import Value
from app.services import models, write_budget
from app.services.outcome import Denied, Reason
from app.store import write_rules
from app.store.audit import Actor
from app.store.heatpumps import HeatPump
from app.store.write_rules import EVERYWHERE
from app.system import System
from drivers import limits
from drivers.errors import OutOfRange
from drivers.model import Model
from drivers.sensor import Sensor

LONGEST_SHOWN = 100
SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Wish:
    """`until` (UTC seconds) is when a held value ends; `undoes` the audit entry whose old value is wanted back."""

    actor: Actor
    pump: HeatPump
    sensor_id: str
    value: object
    until: int | None = None
    undoes: int | None = None

    @property
    def requested(self) -> Value:
        """The value as it can be shown and kept, whatever was sent."""
        if isinstance(self.value, str):
            return self.value[:LONGEST_SHOWN]
        number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if number and abs(self.value) < 1e300 and math.isfinite(self.value):  # type: ignore[arg-type]
            return self.value  # type: ignore[return-value]
        return str(self.value)[:LONGEST_SHOWN]


@dataclass(frozen=True, slots=True)
class Target:
    """A wish that may go to the machine: where, and what exactly. `held` until `until` (None: until it is released)."""

    model: Model
    sensor: Sensor
    reader: Reader
    value: float | int | str
    held: bool
    until: int | None

    @property
    def at_rest(self) -> bool:
        """The value says that nobody wants anything."""
        write = self.sensor.write
        rest = write.at_rest if write is not None else None
        return rest is not None and limits.canonical(self.sensor, rest) == self.value


def checked(system: System, wish: Wish) -> Target:
    """Raises Denied, with the first reason why this must not be written."""
    sensor, model = _sensor(system, wish)
    _check_permission(system, wish, sensor)
    value = _value(sensor, wish)
    reader = system.poller.reader(wish.pump.id)
    if reader is None:
        raise Denied(Reason.UNREADABLE, Message("%(name)s is not being read at the moment", {"name": wish.pump.name}))
    target = Target(model, sensor, reader, value, False, None)
    assert sensor.write is not None
    if not sensor.write.held or target.at_rest:
        if wish.until is not None:
            raise Denied(Reason.VALUE, Message("%(sensor)s is not a value that ends by itself", _named(sensor)))
        return target
    _check_refreshing(system, sensor)
    return Target(model, sensor, reader, value, True, _until(system, sensor, wish))


def check_stop(db: sqlite3.Connection, heatpump_id: str) -> None:
    """Raises Denied while nothing may be written to this heat pump."""
    stops = write_rules.stops(db)
    stop = stops.get(EVERYWHERE) or stops.get(heatpump_id)
    if stop is not None:
        raise Denied(Reason.STOPPED, Message("all writing is stopped, by %(who)s", {"who": stop.actor}))


def _sensor(system: System, wish: Wish) -> tuple[Sensor, Model]:
    pump = wish.pump
    if not pump.enabled:
        raise Denied(Reason.DISABLED, Message("%(name)s is disabled; enable it first", {"name": pump.name}))
    model = models.of(system, pump)
    if model is None:
        raise Denied(
            Reason.UNREADABLE, Message("%(name)s cannot be read: its catalogue file is gone", {"name": pump.name})
        )
    sensor = model.every_sensor.get(wish.sensor_id)
    if sensor is None or not sensor.fitted(pump.options):
        facts = {"name": pump.name, "sensor": wish.sensor_id[:LONGEST_SHOWN]}
        raise Denied(Reason.UNKNOWN, Message("%(name)s has no sensor %(sensor)s", facts))
    return sensor, model


def _check_permission(system: System, wish: Wish, sensor: Sensor) -> None:
    if sensor.write is None:
        raise Denied(Reason.READ_ONLY, Message("%(sensor)s can only be read", _named(sensor)))
    db = system.database.connection()
    check_stop(db, wish.pump.id)
    if not sensor.confirmed and sensor.id not in write_rules.permitted(db, wish.pump.id):
        said = Message(
            "only one source describes %(sensor)s; the owner has to allow writing it for this heat pump first",
            _named(sensor),
        )
        raise Denied(Reason.ONE_SOURCE, said)


def _value(sensor: Sensor, wish: Wish) -> float | int | str:
    value = wish.value
    if not isinstance(value, int | float | str):
        shown = {"sensor": sensor.id, "value": str(wish.requested)}
        raise Denied(Reason.VALUE, Message("%(sensor)s: %(value)s is not a number", shown))
    try:
        limits.check(sensor, value)
    except OutOfRange as refusal:
        raise Denied(Reason.VALUE, refusal) from refusal
    return limits.canonical(sensor, value)


def _until(system: System, sensor: Sensor, wish: Wish) -> int | None:
    now = int(system.clock())
    pulse_s = sensor.write.pulse_s if sensor.write is not None else None
    if pulse_s is not None:
        return now + round(pulse_s)
    if wish.until is not None and wish.until <= now:
        raise Denied(Reason.VALUE, Message("the end of %(sensor)s lies in the past", _named(sensor)))
    return wish.until


def _check_refreshing(system: System, sensor: Sensor) -> None:
    """A register that wears must not be refreshed more often than it may be written."""
    write = sensor.write
    if write is None or write.refresh_s is None or not write_budget.wears(sensor):
        return
    a_day = SECONDS_PER_DAY / (write.refresh_s * REFRESH_AFTER)
    if a_day > system.config.writes_per_day:
        said = Message(
            "%(sensor)s would have to be written %(count)d times a day, and %(allowed)d are allowed",
            {**_named(sensor), "count": round(a_day), "allowed": system.config.writes_per_day},
        )
        raise Denied(Reason.BUDGET, said)


def _named(sensor: Sensor) -> dict[str, object]:
    return {"sensor": sensor.id}
