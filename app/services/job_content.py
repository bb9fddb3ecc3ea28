"""What somebody sends about a job, checked field by field against the heat pump that it is for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, cast, get_args

import msgspec

from app.analysis import schedule
from app.analysis.schedule import BadSchedule, Schedule
from app.messages import Invalid
from app.services import models
from app.store import write_rules
from app.store.heatpumps import HeatPump
from app.system import System
from drivers import limits
from drivers.errors import OutOfRange
from drivers.model import Model
from drivers.sensor import Sensor

LONGEST_NAME = 80
LONGEST_DURATION_S = 7 * 86400
MOST_TIMES = 48
Missed = Literal["skip", "once", "within"]
Comparison = Literal["<", "<=", ">", ">=", "=", "!="]


@dataclass(frozen=True, slots=True)
class Condition:
    """A run is done only while this holds; of a value that is old or unknown nothing holds."""

    sensor: str
    comparison: Comparison
    number: float

    def holds(self, value: float) -> bool:
        return {
            "<": value < self.number,
            "<=": value <= self.number,
            ">": value > self.number,
            ">=": value >= self.number,
            "=": value == self.number,
            "!=": value != self.number,
        }[self.comparison]


@dataclass(frozen=True, slots=True)
class Content:
    """What a job does. `end_after_s` and `end_value` belong together; `within_s` to the policy `within`.

    Missed runs, and runs that failed: `skip` leaves it at that, `once` does the last one as soon as it can be done,
    `within` does so no later than `within_s` after its time.
    """

    schedule: Schedule
    sensor: str
    value: float | int | str
    end_after_s: int | None = None
    end_value: float | int | str | None = None
    condition: Condition | None = None
    missed: Missed = "skip"
    within_s: int = 600


_decoder = msgspec.json.Decoder(Content)


def from_json(text: str) -> Content:
    return _decoder.decode(text)


def to_json(content: Content) -> str:
    return msgspec.json.encode(asdict(content)).decode()


def checked_name(sent: Mapping[str, Any]) -> str:
    name = sent.get("name")
    if not isinstance(name, str) or not name.strip():
        raise Invalid("name", "a job needs a name")
    if len(name.strip()) > LONGEST_NAME or not name.strip().isprintable():
        raise Invalid("name", "is longer than %(most)d characters", most=LONGEST_NAME)
    return name.strip()


def checked(system: System, pump: HeatPump, sent: Mapping[str, Any]) -> Content:
    """Raises Invalid, naming the field.

    Keys: schedule {cron} or {days, times}, sensor, value, end_after_s, end_value, condition {sensor, comparison,
    number}, missed, within_s.
    """
    model = models.of(system, pump)
    if model is None:
        raise Invalid("heatpump_id", "%(name)s cannot be read: its catalogue file is gone", name=pump.name)
    sensor = _writable(system, pump, model, sent.get("sensor"))
    value = _value("value", sensor, sent.get("value"))
    end_after_s = sent.get("end_after_s")
    end_value: float | int | str | None = None
    if end_after_s is not None:
        end_after_s = _whole("end_after_s", end_after_s, 60, LONGEST_DURATION_S)
        end_value = _value("end_value", sensor, sent.get("end_value"))
    elif sent.get("end_value") is not None:
        raise Invalid("end_after_s", "an end value needs a duration")
    missed = sent.get("missed", "skip")
    if missed not in get_args(Missed):
        raise Invalid(
            "missed", "%(value)s is not one of %(choices)s", value=missed, choices=", ".join(get_args(Missed))
        )
    return Content(
        schedule=_schedule(sent.get("schedule")),
        sensor=sensor.id,
        value=value,
        end_after_s=end_after_s,
        end_value=end_value,
        condition=_condition(model, pump, sent.get("condition")),
        missed=missed,
        within_s=_whole("within_s", sent.get("within_s", 600), 60, 86400),
    )


def writable(system: System, pump: HeatPump, model: Model) -> list[Sensor]:
    """The settings that a job may write on this heat pump."""
    permitted = write_rules.permitted(system.database.connection(), pump.id)
    return [
        sensor
        for sensor in model.every_sensor.values()
        if sensor.write is not None and sensor.fitted(pump.options) and (sensor.confirmed or sensor.id in permitted)
    ]


def numbers(pump: HeatPump, model: Model) -> list[Sensor]:
    """What a condition may look at."""
    return [
        sensor for sensor in model.sensors(pump.options) if not sensor.states and sensor.kind in ("number", "switch")
    ]


def _writable(system: System, pump: HeatPump, model: Model, sensor_id: object) -> Sensor:
    for sensor in writable(system, pump, model):
        if sensor.id == sensor_id:
            return sensor
    raise Invalid("sensor", "%(sensor)s is not a setting that can be written here", sensor=str(sensor_id)[:100])


def _value(field: str, sensor: Sensor, value: object) -> float | int | str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Invalid(field, "%(sensor)s: %(value)s is not a number", sensor=sensor.id, value=str(value)[:100])
    try:
        limits.check(sensor, value)
    except OutOfRange as refusal:
        raise Invalid(field, refusal.template, **refusal.facts) from refusal
    return limits.canonical(sensor, value)


def _schedule(sent: object) -> Schedule:
    if not isinstance(sent, Mapping):
        raise Invalid("schedule", "choose when it runs")
    if set(sent) - {"cron", "days", "times"}:
        raise Invalid("schedule", "there is no such field; known are %(known)s", known="cron, days, times")
    cron, days, times = sent.get("cron") or "", sent.get("days", ()), sent.get("times", ())
    if not isinstance(cron, str) or len(cron) > 200:
        raise Invalid("schedule", "a cron expression has five fields: minute, hour, day, month, weekday")
    if not _list_of(days, int) or not _list_of(times, str):
        raise Invalid("schedule", "days and times must be lists")
    found = Schedule(" ".join(cron.split()), tuple(days), tuple(times))
    try:
        schedule.check(found)
    except BadSchedule as error:
        raise Invalid("schedule", error.message.template, **error.message.facts) from None
    return found


def _list_of(value: object, kind: type) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) <= MOST_TIMES
        and all(isinstance(each, kind) and not isinstance(each, bool) for each in value)
    )


def _condition(model: Model, pump: HeatPump, sent: object) -> Condition | None:
    if sent is None:
        return None
    if not isinstance(sent, Mapping):
        raise Invalid("condition", "must be an object with named values")
    sensor, comparison, number = sent.get("sensor"), sent.get("comparison"), sent.get("number")
    if sensor not in {each.id for each in numbers(pump, model)}:
        raise Invalid("condition.sensor", "%(sensor)s is not a sensor of this heat pump", sensor=str(sensor)[:100])
    if comparison not in get_args(Comparison):
        raise Invalid(
            "condition.comparison",
            "%(value)s is not one of %(choices)s",
            value=str(comparison)[:20],
            choices=", ".join(get_args(Comparison)),
        )
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise Invalid("condition.number", "%(value)s is not a number", value=str(number)[:100])
    return Condition(str(sensor), cast("Comparison", comparison), float(number))


def _whole(field: str, value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Invalid(
            field, "%(value)s is not a number from %(least)g to %(most)g", value=value, least=least, most=most
        )
    return value
