"""Plain signs of trouble that need no model: from the first day on, and sharper once the machine is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.analysis.detector.hours import HOUR_S
from app.analysis.detector.recording import HEATING, HOT_WATER, OFF, SENSORS, Floats, Mask, Recording, Times
from app.analysis.detector.steady import GAP_S, Course

FIRST_LIMITS: Mapping[str, float] = {
    "frozen:temp_outside": 26 * 3600.0,
    "frozen:temp_flow": 4 * 3600.0,
    "frozen:temp_return": 4 * 3600.0,
    "frozen:temp_hot_water": 46 * 3600.0,
    "jump:temp_outside": 6.0,
    "starts:mode": 7.0,
    "no_spread:temp_flow+temp_return": 2400.0,
}
"""What is too much on the first day, of any machine: seconds unchanged (running, for the water), K in a minute, 1/h."""
IMPLAUSIBLE_LIMIT_S = 1800.0
LEAST_FROZEN_S = {"temp_outside": 4 * 3600.0, "temp_hot_water": 5 * 3600.0}
LEAST_FROZEN_RUNNING_S = 2700.0
COARSE_STEP = 0.4
COARSE = 4.0
LEAST_JUMP_K = 1.5
LEAST_STARTS = 4.0
SMALL_SPREAD_K = 0.3
RUNNING_ONLY = frozenset(("temp_flow", "temp_return", "power_current", "power_thermal"))
WATCHED = ("temp_outside", "temp_flow", "temp_return", "temp_hot_water", "power_current", "power_thermal")


@dataclass(frozen=True, slots=True)
class Signs:
    """Per hour, the largest value of each sign so far in that hour."""

    at: Times
    levels: Mapping[str, Floats]

    def between(self, start: int, end: int) -> Signs:
        """The hours that begin in start <= time < end."""
        here = (self.at >= start) & (self.at < end)
        return Signs(self.at[here], {name: level[here] for name, level in self.levels.items()})


def signs_of(recording: Recording, course: Course) -> Signs:
    hour = recording.at // HOUR_S
    if not len(hour):
        return Signs(hour, {})
    begins = np.flatnonzero(np.diff(hour, prepend=hour[0] - 1))
    levels: dict[str, Floats] = {}
    running = course.mode > OFF
    for name in WATCHED:
        values = recording.values[name]
        if np.isfinite(values).any():
            weight = course.weight * running if name in RUNNING_ONLY else np.minimum(course.gap_s, GAP_S).astype(float)
            levels[f"frozen:{name}"] = np.maximum.reduceat(_unchanged_s(values, weight, course), begins)
    jump = _jump(recording.values["temp_outside"], course)
    levels["jump:temp_outside"] = np.maximum.reduceat(jump, begins)
    started = running & np.concatenate([[False], course.mode[:-1] == OFF])
    levels["starts:mode"] = np.add.reduceat(started.astype(float), begins)
    spread = recording.values["temp_flow"] - recording.values["temp_return"]
    with np.errstate(invalid="ignore"):
        flat = course.steady & np.isin(course.mode, (HEATING, HOT_WATER)) & (np.abs(spread) < SMALL_SPREAD_K)
    levels["no_spread:temp_flow+temp_return"] = np.add.reduceat(course.weight * flat, begins)
    for name in SENSORS:
        wrong = recording.implausible[name]
        if wrong.any():
            levels[f"implausible:{name}"] = np.add.reduceat(course.weight * wrong, begins)
    return Signs(hour[begins] * HOUR_S, levels)


def _unchanged_s(values: Floats, weight: Floats, course: Course) -> Floats:
    """For how long (s of weight) each value has been exactly the same; a silence begins anew."""
    known = np.isfinite(values)
    place = np.maximum.accumulate(np.where(known, np.arange(len(values)), -1))
    last = np.where(place >= 0, values[place], np.nan)
    before = np.concatenate([[np.nan], last[:-1]])
    changed: Mask = (known & (values != before)) | (course.gap_s > GAP_S)
    changed[0] = True
    clock = np.cumsum(weight)
    since = clock[np.maximum.accumulate(np.where(changed, np.arange(len(values)), 0))]
    return np.where(known, clock - since, 0.0)


def _jump(values: Floats, course: Course) -> Floats:
    step = np.abs(np.diff(values, prepend=values[:1]))
    return np.where(np.isfinite(step) & (course.gap_s <= 180), step, 0.0)


def coarse_sensors(recording: Recording) -> frozenset[str]:
    """Those that change by nearly half a unit or more when they change, and so stand still for long."""
    coarse = set()
    for name in WATCHED:
        steps = np.abs(np.diff(recording.values[name]))
        steps = steps[steps > 0]
        if len(steps) and np.quantile(steps, 0.05) > COARSE_STEP:
            coarse.add(name)
    return frozenset(coarse)


def learned_limits(
    signs: Signs, usable: Mask, week: Times, margin: float, coarse: frozenset[str] = frozenset()
) -> dict[str, float]:
    """Limits from the largest value of each week, never less than what any healthy machine may do."""
    limits: dict[str, float] = {}
    for name, level in signs.levels.items():
        largest = np.array([level[(week == one) & usable].max(initial=0.0) for one in np.unique(week[usable])])
        limits[name] = max(_least(name, coarse), margin * float(largest.max(initial=0.0)))
    return limits


def _least(name: str, coarse: frozenset[str]) -> float:
    """What any healthy machine may do, in the unit of this sign."""
    kind, _, sensor = name.partition(":")
    if kind == "implausible":
        return IMPLAUSIBLE_LIMIT_S
    if kind == "frozen":
        return LEAST_FROZEN_S.get(sensor, LEAST_FROZEN_RUNNING_S) * (COARSE if sensor in coarse else 1)
    if kind == "jump":
        return LEAST_JUMP_K
    if kind == "starts":
        return LEAST_STARTS
    return FIRST_LIMITS[name]


def strongest(signs: Signs, limits: Mapping[str, float]) -> tuple[Floats, list[tuple[str, ...]]]:
    """Per hour the largest share of a limit, and the names of the signs beyond theirs, strongest first."""
    score = np.zeros(len(signs.at))
    names: list[tuple[str, ...]] = [()] * len(signs.at)
    known = [
        (name, level / limits.get(name, IMPLAUSIBLE_LIMIT_S))
        for name, level in signs.levels.items()
        if name in limits or name.startswith("implausible:")
    ]
    if not known:
        return score, names
    shares = np.stack([share for _, share in known])
    score = shares.max(axis=0)
    for hour in np.flatnonzero(score >= 1):
        order = np.argsort(-shares[:, hour])
        names[hour] = tuple(known[place][0] for place in order if shares[place, hour] >= 1)
    return score, names
