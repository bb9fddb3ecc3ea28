"""Lives through the past of one demo heat pump: physics, readings, and blocks to be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from app import calendar
from app.calendar import DAY_S
from app.commands.demo import houses
from app.commands.demo.houses import Change
from app.polling import pipeline
from app.polling.upkeep import AFTER_MIDNIGHT_S
from app.reading import Column, Reading
from app.store import laying
from app.store.laying import Course, Packed, Past
from drivers.catalogue import Catalogue
from drivers.model import Model
from drivers.sensor import Options, Sensor
from drivers.simulators.course import Course as Looks
from drivers.simulators.course import Told
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from drivers.simulators.simulator import readout_of, simulator_of

DAYS = 90
STEP_S, FINE_STEP_S = 300, 60
FINE_S = 36 * 3600
"""So much of the past, its end, is read every minute: it is looked at closely."""

SETTINGS_EVERY_S = 600
TAIL_S = 3600


@dataclass(frozen=True, slots=True)
class Order:
    """Whose past: the house's number, and `now`, when its past ends (unix seconds)."""

    number: int
    model: str
    options: Mapping[str, Sequence[str]]
    now: int
    zone: str
    days: int = DAYS


@dataclass(frozen=True, slots=True)
class Life:
    """What came of it; the last hour also as readings, without the heat pump's id."""

    begin: int
    end: int
    packed: Packed
    tail: tuple[Reading, ...]
    state: dict[str, Any]
    settings: dict[str, float | int | str]
    """What the settings of the machine were at first; not those that it moves by itself."""


def lived(order: Order) -> Life:
    """Takes seconds."""
    model = Catalogue().named(order.model)
    assert model is not None
    zone = ZoneInfo(order.zone)
    begin = calendar.begin(order.now - order.days * DAY_S, "day", zone) + DAY_S
    story = houses.house(order.number).story
    end = order.now - houses.OFFLINE_SINCE_S if story == "offline" else order.now
    plant = Plant(
        order.number,
        houses.parameters(order.number),
        start=begin,
        ailments=houses.ailments(order.number, order.now),
    )
    machine = readout_of(simulator_of(model, dict(order.options), plant))
    settings = first_settings(model, order.options, machine)
    changes = changes_of(order.number, order.now)
    past = watched(model, order.options, machine, times(begin, end, silent(order.number, order.now)), changes)
    packed = laying.pack(past, edges(begin, end, order.now, zone))
    changed = {change.sensor for _, change in changes}
    at_last = first_settings(model, order.options, machine)
    settings = {name: value for name, value in settings.items() if name in changed or at_last.get(name) == value}
    return Life(begin, end, packed, _tail(past, end), plant.state(), settings)


def changes_of(number: int, now: int) -> list[tuple[int, Change]]:
    """When each setting was changed."""
    return sorted(((now - each.ago_s, each) for each in houses.house(number).changes), key=lambda pair: pair[0])


def silent(number: int, now: int) -> tuple[int, int]:
    """From when to when it could not be read."""
    if houses.house(number).story != "outage":
        return (0, 0)
    ago, lasted = houses.OUTAGE_S
    return (now - ago, now - ago + lasted)


def times(begin: int, end: int, silence: tuple[int, int]) -> list[int]:
    """When it was read."""
    fine = max(begin, (end - FINE_S) // STEP_S * STEP_S)
    found = [*range(begin, fine, STEP_S), *range(fine, end, FINE_STEP_S)]
    return [at for at in found if not silence[0] <= at < silence[1]]


def watched(
    model: Model, options: Options, machine: Readout, at: Sequence[int], changes: Sequence[tuple[int, Change]] = ()
) -> Past:
    """What polls at these times read: measured values each time, settings every ten minutes."""
    looks, waiting, plant = Looks(machine), list(changes), machine.plant
    for moment in at:
        while waiting and waiting[0][0] <= moment:
            _, change = waiting.pop(0)
            looks.write(machine.sensors[change.sensor], change.value)
        plant.advance(moment)
        looks.look()
    asked = [each for each in model.sensors(options) if each.derived or each.id in machine.sensors]
    told: dict[str, Told] = {each.id: looks.column(each) for each in machine.sensors.values()}
    following = [each for each in asked if each.derived]
    while following:
        names = {each.id for each in following}
        ready = [each for each in following if each.derived and names.isdisjoint(each.derived.inputs)]
        told |= {each.id: looks.follows(each, told) for each in ready}
        following = [each for each in following if each not in ready]
    courses = tuple(_course(each, told[each.id]) for each in asked)
    fast = tuple(place for place, each in enumerate(asked) if each.tier == "fast")
    moments = np.array(at, np.int64)
    kinds = np.where(_full(moments), 0, 1)
    return Past(moments, kinds.astype(np.int64), (tuple(range(len(asked))), fast), courses)


def _full(moments: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """The first poll of every ten minutes asks for everything."""
    if not len(moments):
        return np.zeros(0, np.bool_)
    turns = moments // SETTINGS_EVERY_S
    full: np.ndarray[Any, np.dtype[np.bool_]] = np.diff(turns, prepend=turns[0] - 1) > 0
    return full


def edges(begin: int, end: int, now: int, zone: ZoneInfo) -> list[int]:
    """The blocks that the nightly upkeep would have made: months that are over, then days."""
    months = [each for each in calendar.edges(begin, end, "month", zone)[1:] if each <= min(end, now - DAY_S)]
    first = months[-1] if months else begin
    days = [each for each in calendar.edges(first, end, "day", zone)[1:] if each <= min(end, now - AFTER_MIDNIGHT_S)]
    return [begin, *months, *(each for each in days if each > first)]


def first_settings(model: Model, options: Options, machine: Readout) -> dict[str, float | int | str]:
    """What can be set, as it is now; held values are no settings."""
    found = {}
    for sensor in model.sensors(options):
        if sensor.id in machine.sensors and sensor.write is not None and sensor.readable and not sensor.write.held:
            value = machine.value(sensor.id)
            if value is not None:
                found[sensor.id] = value
    return found


def _course(sensor: Sensor, told: Told) -> Course:
    column = Column(sensor.id, sensor.unit, pipeline.storage_of(sensor))
    if (column.storage == "text") == (told.words is not None) or not np.isfinite(told.values).any():
        return Course(column, told.values, told.words or ())
    words = tuple(dict.fromkeys(str(value) for value in told.each() if value is not None))
    places = [np.nan if value is None else float(words.index(str(value))) for value in told.each()]
    return Course(column, np.array(places, np.float64), words)


def _tail(past: Past, end: int) -> tuple[Reading, ...]:
    first = int(np.searchsorted(past.times, end - TAIL_S))
    columns = tuple(course.column for course in past.courses)
    rows = []
    lists = [Told(each.values[first:], each.words or None).each() for each in past.courses]
    for row, at in enumerate(past.times[first:].tolist()):
        rows.append(Reading("", at, columns, tuple(values[row] for values in lists)))
    return tuple(rows)
