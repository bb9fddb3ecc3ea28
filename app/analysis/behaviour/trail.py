"""What the detector must remember of a heat pump to judge its next hour: kept in memory, rebuilt from the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from app.analysis.behaviour import minutes, table
from app.analysis.behaviour.minutes import HOUR_S, Minutes
from app.analysis.behaviour.table import STALE, Table, table_of
from app.analysis.detector.recording import Floats
from app.analysis.detector.signs import Signs
from app.analysis.detector.steady import Reading

DAY_S = 86_400
REMEMBERED_S = 20 * DAY_S
"""So far back the score of an hour looks."""
CONTEXT_S = 5 * DAY_S
"""So far back the figures of an hour look: how long it has run, for how long a sensor has not moved."""


@dataclass(frozen=True, slots=True)
class Trail:
    """`reading` is how the model wants minutes to be read; everything before `until` is in the table.

    `places`: see Minutes.
    """

    reading: Reading
    context: Minutes
    table: Table
    places: Mapping[int, int]
    until: int


def begun(reading: Reading, past: Minutes, until: int) -> Trail:
    """From the minutes of the last days before `until`."""
    return Trail(reading, past.since(until - CONTEXT_S), table_of(past, reading), past.places, until)


def extended(trail: Trail, new: Minutes, until: int) -> Trail:
    """With the minutes from its end up to `until`, which begins an hour."""
    context = minutes.joined([trail.context, new])
    later = table_of(context, trail.reading).between(trail.until, until)
    whole = table.joined(trail.table, _with_what_stays_silent(trail.table, later))
    first = until - REMEMBERED_S
    places = {hour: place for hour, place in {**trail.places, **new.places}.items() if hour >= first}
    return Trail(trail.reading, context.since(until - CONTEXT_S), whole.between(first, until), places, until)


def _with_what_stays_silent(earlier: Table, later: Table) -> Table:
    """A sensor that fell silent longer ago than the context reaches has not come back."""
    levels: dict[str, Floats] = {}
    for name in (f"stale:{sensor}" for sensor in STALE):
        before = earlier.signs.levels.get(name)
        if name not in later.signs.levels and before is not None and len(before) and before[-1] > 0:
            levels[name] = before[-1] + HOUR_S * np.arange(1.0, len(later.hours) + 1)
    return replace(later, signs=Signs(later.signs.at, {**later.signs.levels, **levels}))
