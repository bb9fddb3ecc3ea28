"""What a chart is drawn from: sensors of several heat pumps over one range, and the amounts of counters by calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal, cast, get_args
from zoneinfo import ZoneInfo

from app import calendar
from app.messages import Invalid
from app.services import course
from app.store import series
from app.store.course import Course
from app.store.heatpumps import HeatPump
from app.store.series import Series
from app.system import System
from drivers.model import Model

Unit = Literal["hour", "day", "month", "year"]
HOUR_S = 3600
MOST_LINES = 20
LONGEST_BY_HOUR_S = 400 * 86_400

Amounts = list[float | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Some sensors of one heat pump; `model` is None when its catalogue file is gone."""

    pump: HeatPump
    model: Model | None
    sensors: tuple[str, ...]


def grouped(pumps: Mapping[str, tuple[HeatPump, Model | None]], sent: Sequence[str]) -> list[Wanted]:
    """`hp-001/temp_flow` … by heat pump, each sensor once. Raises Invalid for what is not among these heat pumps."""
    names = list(dict.fromkeys(sent))
    if not names:
        raise Invalid("sensor", "name at least one sensor")
    if len(names) > MOST_LINES:
        raise Invalid("sensor", "at most %(most)d sensors at once", most=MOST_LINES)
    found: dict[str, list[str]] = {}
    for name in names:
        heatpump_id, _, sensor_id = name.partition("/")
        if heatpump_id not in pumps:
            raise Invalid("sensor", "there is no heat pump %(id)s", id=heatpump_id[:40] or "–")
        found.setdefault(heatpump_id, []).append(sensor_id)
    return [Wanted(*pumps[heatpump_id], tuple(sensors)) for heatpump_id, sensors in found.items()]


def read(system: System, wanted: Wanted, start: int, end: int, points: int) -> Series:
    """min, mean and max, each heat pump at its own times. Raises Invalid, Unavailable."""
    return course.read(system, wanted.pump, wanted.model, wanted.sensors, start, end, points)


def read_by(system: System, wanted: Wanted, start: int, end: int, unit: str) -> tuple[Series, list[Amounts | None]]:
    """By hour, day, month or year, and of each sensor that counts how much it rose in each of them.

    Always from the own database. Raises Invalid.
    """
    if unit not in get_args(Unit):
        raise Invalid("by", "%(value)s is not one of %(choices)s", value=unit, choices=", ".join(get_args(Unit)))
    course.check(wanted.model, wanted.sensors, start, end)
    # one more at the beginning: an amount is the difference to the end of what was before
    if unit == "hour":
        first = start // HOUR_S * HOUR_S
        found = _by_hour(system, wanted, max(first - HOUR_S, 0), end)
    else:
        zone, days = ZoneInfo(system.config.timezone), cast("calendar.Unit", unit)
        first = calendar.begin(start, days, zone)
        before = max(calendar.begin(max(first - 1, 0), days, zone), 0)
        found = course.read_calendar(system, wanted.pump, wanted.model, wanted.sensors, before, end, unit)
    skipped = sum(at < first for at in found.times)
    amounts = [amounts_of(each)[skipped:] if _counts(wanted.model, each.sensor) else None for each in found.courses]
    cut = Series(start, end, found.step_s, found.times[skipped:], [_cut(each, skipped) for each in found.courses])
    cut.problems.extend(found.problems)
    return cut, amounts


def amounts_of(counter: Course) -> Amounts:
    """How much a counter rose in each bucket; None where that is not known, also where it fell.

    From the end of the bucket before, if anything was read there: what rose while nobody looked belongs to no bucket.
    """
    found: Amounts = []
    before: float | None = None
    for first, last in zip(counter.first, counter.last, strict=True):
        begin = before if before is not None else first
        rose = None if last is None or begin is None else last - begin
        if rose is not None and rose < 0 and first is not None and last is not None:
            rose = last - first  # it began again at zero, or was exchanged, between the two
        found.append(None if rose is None or rose < 0 else round(rose, 6))
        before = last
    return found


def _by_hour(system: System, wanted: Wanted, start: int, end: int) -> Series:
    if end - start > LONGEST_BY_HOUR_S:
        raise Invalid("from", "the range has more than %(most)d buckets", most=LONGEST_BY_HOUR_S // HOUR_S)
    hours = ceil((end - start) / HOUR_S)
    return series.read(
        system.database.connection(),
        wanted.pump.id,
        list(wanted.sensors),
        start=start,
        end=start + hours * HOUR_S,
        points=hours,
        shortest_step_s=HOUR_S,
        ends=True,
    )


def _counts(model: Model | None, sensor_id: str) -> bool:
    known = course.sensor(model, sensor_id)
    return known is not None and known.kind == "counter"


def _cut(each: Course, skipped: int) -> Course:
    return Course(each.sensor, each.low[skipped:], each.mean[skipped:], each.high[skipped:], each.text[skipped:])
