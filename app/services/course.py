"""The course of some sensors over time: what may be asked for, and the answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import ceil
from typing import cast, get_args
from zoneinfo import ZoneInfo

from app import calendar
from app.messages import Invalid
from app.score import SCORE, SCORE_SENSOR
from app.services import values
from app.services.values import Current
from app.store import series
from app.store.heatpumps import HeatPump
from app.store.series import Series
from app.system import System
from drivers.model import Model
from drivers.sensor import Sensor

MOST_SENSORS = 20
MOST_POINTS = 10_000
LATEST_TIME = 253_339_228_799
"""The last second of the year 9997: a calendar ends with 9999, and needs room for the end of the last year."""


def read(
    system: System, pump: HeatPump, model: Model | None, sensor_ids: Sequence[str], start: int, end: int, points: int
) -> Series:
    """min, mean and max of these sensors over start <= time < end (UTC seconds). Raises Invalid, Unavailable."""
    check(model, sensor_ids, start, end)
    if not 1 <= points <= MOST_POINTS:
        raise Invalid(
            "points", "%(value)s is not a number from %(least)g to %(most)g", value=points, least=1, most=MOST_POINTS
        )
    shortest_step_s = ceil(system.roster.interval_s(pump))
    if system.config.history == "victoriametrics" and system.cluster is not None:
        from app.cluster import history  # who has no VictoriaMetrics need not carry an HTTP client

        return history.read(
            system.cluster,
            pump.id,
            system.config.box,
            sensor_ids,
            start=start,
            end=end,
            points=points,
            shortest_step_s=shortest_step_s,
        )
    return series.read(
        system.database.connection(),
        pump.id,
        list(sensor_ids),
        start=start,
        end=end,
        points=points,
        shortest_step_s=shortest_step_s,
    )


def read_calendar(
    system: System, pump: HeatPump, model: Model | None, sensor_ids: Sequence[str], start: int, end: int, unit: str
) -> Series:
    """The same per day, month or year of the owner's time zone, always from the own database. Raises Invalid."""
    check(model, sensor_ids, start, end)
    known = get_args(calendar.Unit)
    if unit not in known:
        raise Invalid("by", "%(value)s is not one of %(choices)s", value=unit, choices=", ".join(known))
    if (end - start) // calendar.ABOUT_S[cast("calendar.Unit", unit)] > MOST_POINTS:
        raise Invalid("from", "the range has more than %(most)d buckets", most=MOST_POINTS)
    return series.read_calendar(
        system.database.connection(),
        pump.id,
        list(sensor_ids),
        start=start,
        end=end,
        unit=cast("calendar.Unit", unit),
        zone=ZoneInfo(system.config.timezone),
    )


def check(model: Model | None, sensor_ids: Sequence[str], start: int, end: int) -> None:
    if not sensor_ids:
        raise Invalid("sensors", "name at least one sensor")
    if len(sensor_ids) > MOST_SENSORS:
        raise Invalid("sensors", "at most %(most)d sensors at once", most=MOST_SENSORS)
    for sensor_id in sensor_ids:
        if sensor(model, sensor_id) is None:
            raise Invalid("sensors", "%(sensor)s is not a sensor of this heat pump", sensor=sensor_id)
    if not 0 <= start <= LATEST_TIME:
        raise Invalid("from", "%(value)s is not a time in seconds since 1970", value=start)
    if not 0 <= end <= LATEST_TIME:
        raise Invalid("to", "%(value)s is not a time in seconds since 1970", value=end)
    if start >= end:
        raise Invalid("from", "%(start)d is not before %(end)d (to)", start=start, end=end)


def sensor(model: Model | None, sensor_id: str) -> Sensor | None:
    """A sensor whose course there may be; None when this model has no such sensor."""
    if model is None:
        return None
    return SCORE_SENSOR if sensor_id == SCORE else model.every_sensor.get(sensor_id)


def choices(currents: Sequence[Current], wanted: Collection[str]) -> list[Sensor]:
    """The sensors whose course can be drawn: those with numbers now, and the wanted ones in any case."""
    return [
        each.sensor
        for each in currents
        if not each.sensor.states and (each.sensor.id in wanted or isinstance(each.value, int | float))
    ]


def usual(model: Model, currents: Sequence[Current]) -> list[str]:
    """What is drawn at first: the first line chart of the model's dashboard, without what the machine lacks."""
    chart = next((chart for chart in model.dashboard if chart.type == "line"), None)
    listed = chart.sensors if chart is not None else ()
    readable = [each.sensor.id for each in currents]
    delivered = [each.sensor.id for each in currents if each.value is not None]
    return [each for each in listed if each in delivered] or [each for each in listed if each in readable]


def gap_s(system: System, pump: HeatPump, model: Model, sensor_id: str) -> float:
    """From how many seconds without a value on this sensor's course has a gap."""
    known = sensor(model, sensor_id)
    assert known is not None
    return values.gap(system, pump, model, known)
