"""One row per hour of what a heat pump did lately, built on hour by hour, so that a new hour costs little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.analysis.behaviour.minutes import HOUR_S, Minutes
from app.analysis.detector.hours import Hours, hours_of
from app.analysis.detector.recording import Floats, Mask, Times
from app.analysis.detector.signs import Signs, signs_of
from app.analysis.detector.steady import LONGEST_ROW_S, Reading, course

STALE = ("temp_outside", "temp_flow", "temp_return", "temp_hot_water")
"""Sensors that say something at all times, whatever the machine does."""
OWN_LIMITS: Mapping[str, float] = {
    **{f"stale:{name}": 3 * 3600.0 for name in STALE},
    "backup_above_bivalence:backup_heater": 1800.0,
}
"""Seconds without a value although the machine answers; seconds of an hour in which the heater helps needlessly."""


@dataclass(frozen=True, slots=True)
class Table:
    hours: Hours
    signs: Signs

    def between(self, start: int, end: int) -> Table:
        """The hours that begin in start <= time < end."""
        return Table(self.hours.between(start, end), self.signs.between(start, end))


def table_of(minutes: Minutes, reading: Reading) -> Table:
    """The hours of these minutes. What an hour says depends on hours before it; see `Trail`."""
    happened = course(minutes.recording, reading)
    hours, signs = hours_of(minutes.recording, happened), signs_of(minutes.recording, happened)
    return Table(hours, Signs(hours.at, {**signs.levels, **_own(minutes, hours, happened.gap_s)}))


def joined(earlier: Table, later: Table) -> Table:
    """Tables that follow each other, as one; a sign that one of them lacks was silent there."""
    if not len(earlier.hours):
        return later
    a, b = earlier.hours, later.hours
    names = {**earlier.signs.levels, **later.signs.levels}
    return Table(
        Hours(
            np.concatenate([a.at, b.at]),
            {name: np.concatenate([a.columns[name], b.columns[name]]) for name in b.columns},
            np.concatenate([a.recovering, b.recovering]),
            {mode: np.concatenate([a.present[mode], b.present[mode]]) for mode in b.present},
        ),
        Signs(
            np.concatenate([a.at, b.at]),
            {name: np.concatenate([_level(earlier, name), _level(later, name)]) for name in names},
        ),
    )


def _level(table: Table, name: str) -> Floats:
    return table.signs.levels.get(name, np.zeros(len(table.hours)))


def _own(minutes: Minutes, hours: Hours, gap_s: Times) -> dict[str, Floats]:
    """How long each sensor has been silent at the end of each hour, and how long the heater ran needlessly in it."""
    if not len(hours):
        return {}
    hour = minutes.recording.at // HOUR_S
    begins = np.flatnonzero(np.diff(hour, prepend=-1))
    weight = np.minimum(gap_s, LONGEST_ROW_S).astype(np.float64)
    levels = {}
    for name in STALE:
        known = np.isfinite(minutes.recording.values[name]) | minutes.recording.implausible[name]
        if known.any():
            levels[f"stale:{name}"] = np.maximum.reduceat(_silent_s(known, weight), begins)
    if minutes.heater.any():
        levels["backup_above_bivalence:backup_heater"] = np.add.reduceat(weight * minutes.heater, begins)
    return levels


def _silent_s(known: Mask, weight: Floats) -> Floats:
    """Seconds in which the machine answered since the sensor last did; 0 before its first value."""
    clock = np.cumsum(weight)
    newest = np.maximum.accumulate(np.where(known, np.arange(len(known)), -1))
    return np.where(newest >= 0, clock - clock[np.maximum(newest, 0)], 0.0)
