"""The older program's series in VictoriaMetrics, which have no labels, become a heat pump's history."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app import metric
from app.cluster.client import VictoriaMetrics
from app.messages import Rejected
from app.reading import Column, Reading, Value
from app.services import config_heatpumps, heatpumps, imports, models
from app.services.csv_cells import BadCell, Cells
from app.services.legacy.names import Names
from app.store import taken_over
from app.system import System
from drivers.model import Model
from drivers.sensor import Sensor

WINDOW_S = 6 * 3600
"""So much is asked for at a time: about 50,000 samples at one reading a minute."""

Points = Mapping[str, Sequence[tuple[int, float]]]
"""Name of a series → (UTC second, value)."""


@dataclass(slots=True)
class Progress:
    """How far it is (UTC seconds), readings kept and there before, values left out and why they were."""

    begin: int
    end: int
    until: int
    kept: int = 0
    there: int = 0
    left: dict[str, int] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    """Series that are no sensor of this heat pump."""


class _Place(NamedTuple):
    sensor: Sensor
    cells: Cells


def span(server: VictoriaMetrics) -> tuple[int, int] | None:
    """The first and the last second that such a series has; None when there is none. Raises Unavailable."""
    return server.span_without(metric.PREFIX, "heatpump_id")


def take(system: System, heatpump_id: str, server: VictoriaMetrics) -> Iterator[Progress]:
    """Window by window; ended at any moment, the next call goes on there. A second that has a reading keeps it.

    Raises NotFound, Unavailable, and Rejected when the database cannot keep more.
    """
    model = model_of(system, heatpump_id)
    names, places = Names(model), _places(model)
    found = span(server)
    if found is None:
        return
    origin = f"history of {heatpump_id}: {server.address}"
    done = taken_over.became(system.database.connection(), origin)
    begin, end = found[0] // WINDOW_S * WINDOW_S, found[1] + 1
    progress = Progress(begin, end, max(begin, int(done) if done is not None else begin))
    while progress.until < end:
        until = min(progress.until + WINDOW_S, end)
        points = server.samples_without(metric.PREFIX, "heatpump_id", progress.until, until)
        readings = _readings(heatpump_id, model, _polls(names, places, points, progress), places)
        try:
            for at in range(0, len(readings), imports.BATCH):
                batch = readings[at : at + imports.BATCH]
                kept = imports.keep(system, heatpump_id, batch)
                progress.kept += kept
                progress.there += len(batch) - kept
            with system.database.transaction() as db:
                taken_over.note(db, origin, str(until), int(system.clock()))
        except sqlite3.Error as error:
            raise Rejected(
                "the database cannot keep more of it: %(reason)s; readings kept before: %(number)d",
                reason=str(error),
                number=progress.kept,
            ) from error
        progress.until = until
        yield progress


def model_of(system: System, heatpump_id: str) -> Model:
    """Of the heat pump that gets the history. Raises NotFound, and Rejected for one that it cannot be of."""
    pump = heatpumps.get(system, heatpump_id)
    if (pump.manufacturer, pump.model) != config_heatpumps.LEGACY_MODEL:
        raise Rejected(
            "%(id)s is a %(model)s, and series without labels are those of an %(wanted)s; name another with --heatpump",
            id=heatpump_id,
            model=f"{pump.manufacturer}/{pump.model}",
            wanted="/".join(config_heatpumps.LEGACY_MODEL),
        )
    return models.get(system, pump.manufacturer, pump.model)


def value_of(sensor: Sensor, number: float) -> Value:
    """What the machine said, of a number that the older program kept; None for a sentinel. Raises BadCell."""
    if not math.isfinite(number):
        return None
    raw = number / sensor.scale * sensor.divide
    if any(isinstance(each, int | float) and math.isclose(raw, each, abs_tol=1e-6) for each in sensor.absent):
        return None
    if sensor.states:
        if number != round(number) or round(number) not in sensor.states:
            raise BadCell(f"{number:g} is none of its states")
        return sensor.states[round(number)]
    return number


def _places(model: Model) -> dict[str, _Place]:
    return {sensor.id: _Place(sensor, Cells(sensor)) for sensor in model.registers.values() if sensor.readable}


def _polls(
    names: Names, places: Mapping[str, _Place], points: Points, progress: Progress
) -> dict[int, dict[str, Value]]:
    polls: dict[int, dict[str, Value]] = {}
    unknown = set()
    for name, samples in points.items():
        sensor = names.sensor(name)
        if sensor is None or sensor.id not in places:
            unknown.add(name)
            continue
        for at, number in samples:
            try:
                value = _kept(places[sensor.id], number)
            except BadCell as reason:
                said = f"{sensor.id}: {reason}"
                progress.left[said] = progress.left.get(said, 0) + 1
                continue
            if value is not None:
                polls.setdefault(at, {})[sensor.id] = value
    progress.unknown |= unknown
    return polls


def _kept(place: _Place, number: float) -> Value:
    """As the sensor is kept: a multiple of its step, or as exact as its registers. Raises BadCell."""
    value = value_of(place.sensor, number)
    if value is None or isinstance(value, str):
        return value
    return place.cells.value(repr(_stepped(place.cells.column, number)), decimal_comma=False)


def _stepped(column: Column, number: float) -> float:
    """A multiple of the column's step that a float does not show exactly."""
    if column.storage in ("float32", "float64", "text"):
        return number
    step = float(column.storage)
    nearest = round(number / step) * step
    decimals = max(0, -math.floor(math.log10(step)) + 2)
    return round(nearest, decimals) if abs(nearest - number) < step / 1000 else number


def _readings(
    heatpump_id: str, model: Model, polls: Mapping[int, Mapping[str, Value]], places: Mapping[str, _Place]
) -> list[Reading]:
    """What was not asked for does not become unknown: a poll without a setting is one of measured values only."""
    present = {sensor for values in polls.values() for sensor in values}
    columns = [place.cells.column for sensor, place in places.items() if sensor in present]
    fast = [each for each in columns if model.every_sensor[each.sensor].tier == "fast"]
    found = []
    for at, values in sorted(polls.items()):
        slow = any(model.every_sensor[sensor].tier == "slow" for sensor in values)
        asked = tuple(columns if slow else fast)
        found.append(Reading(heatpump_id, at, asked, tuple(values.get(column.sensor) for column in asked)))
    return found


def foretold(server: VictoriaMetrics, model: Model) -> tuple[tuple[int, int] | None, Sequence[str]]:
    """What there is: the first and the last second, and the names that are no sensor of this model."""
    names = Names(model)
    known = server.names_without(metric.PREFIX, "heatpump_id")
    return span(server), [name for name in known if names.sensor(name) is None]
