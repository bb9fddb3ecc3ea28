"""One row per hour out of many rows: means of steady minutes per mode, slopes, and what is counted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.analysis.detector.recording import DEFROST, HEATING, HOT_WATER, OFF, Floats, Mask, Recording, Times
from app.analysis.detector.steady import Course

HOUR_S = 3600
STEADY_S = 480
CHARGE_S = 240
"""A mode needs as many steady seconds in an hour to say something about it; charging a tank takes less time."""
SLOPE_S = 1500
CHARGE_SLOPE_S = 480
COVERED_S = 1800
DAY_SMOOTHING = 1 / 24
LOST_S = 2 * HOUR_S
RECOVERY_S = 12 * HOUR_S
LOWEST_POWER_KW = 0.02
LOWEST_SPREAD_K = 0.3


@dataclass(frozen=True, slots=True)
class Hours:
    """`at` is where each hour begins (unix seconds); hours without rows are not there. Columns by name, NaN unknown.

    `recovering`: within twelve hours after a silence of more than two. `present` says which modes occurred.
    """

    at: Times
    columns: Mapping[str, Floats]
    recovering: Mask
    present: Mapping[int, Mask]

    def __len__(self) -> int:
        return len(self.at)

    def between(self, start: int, end: int) -> Hours:
        """The hours that begin in start <= time < end."""
        here = (self.at >= start) & (self.at < end)
        return Hours(
            self.at[here],
            {name: column[here] for name, column in self.columns.items()},
            self.recovering[here],
            {mode: present[here] for mode, present in self.present.items()},
        )


class _Sums:
    """Sums per hour."""

    def __init__(self, hour: Times) -> None:
        self.begins = np.flatnonzero(np.diff(hour, prepend=hour[0] - 1)) if len(hour) else np.zeros(0, dtype=np.intp)

    def of(self, values: Floats) -> Floats:
        return np.add.reduceat(values, self.begins) if len(self.begins) else np.zeros(0)

    def mean(self, values: Floats, weight: Floats, least_s: float) -> Floats:
        weight = np.where(np.isfinite(values), weight, 0.0)
        total = self.of(weight)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(total >= least_s, self.of(weight * np.nan_to_num(values)) / total, np.nan)

    def slope(self, hours: Floats, values: Floats, weight: Floats, least_s: float) -> Floats:
        """Units per hour, least squares."""
        weight = np.where(np.isfinite(values), weight, 0.0)
        values, total = np.nan_to_num(values), self.of(weight)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean_x, mean_y = self.of(weight * hours) / total, self.of(weight * values) / total
            xx = self.of(weight * hours * hours) / total - mean_x**2
            xy = self.of(weight * hours * values) / total - mean_x * mean_y
            return np.where((total >= least_s) & (xx > 0.001), xy / xx, np.nan)


def hours_of(recording: Recording, course: Course) -> Hours:
    """The hourly table; the last hour is there too, as far as it went."""
    hour = recording.at // HOUR_S
    sums = _Sums(hour)
    begins = hour[sums.begins] * HOUR_S if len(hour) else hour
    values = recording.values
    outside = sums.mean(values["temp_outside"], course.weight, 300)
    columns = {"outside": outside, "outside_day": _smoothed_by_time(begins, outside)}
    columns |= _heating(values, course, sums) | _hot_water(recording, course, sums) | _idle(recording, course, sums)
    columns |= _counted(course, sums)
    present = {mode: sums.of((course.mode == mode).astype(float)) > 0 for mode in (OFF, HEATING, HOT_WATER, DEFROST)}
    return Hours(begins, columns, _recovering(recording, course, sums, begins), present)


def _logarithm(values: Floats, least: float) -> Floats:
    return np.log(np.maximum(values, least))


def _working(values: Mapping[str, Floats], weight: Floats, sums: _Sums, name: str, least_s: float) -> dict[str, Floats]:
    spread = sums.mean(values["temp_flow"] - values["temp_return"], weight, least_s)
    power = _logarithm(sums.mean(values["power_current"], weight, least_s), LOWEST_POWER_KW)
    thermal = _logarithm(sums.mean(values["power_thermal"], weight, least_s), LOWEST_POWER_KW)
    hz = sums.mean(values["compressor_hz"], weight, least_s)
    return {
        f"outside_{name}": sums.mean(values["temp_outside"], weight, least_s),
        f"flow_{name}": sums.mean(values["temp_flow"], weight, least_s),
        f"spread_{name}": spread,
        f"power_{name}": power,
        f"thermal_{name}": thermal,
        f"cop_{name}": thermal - power,
        f"conveyed_{name}": thermal - _logarithm(spread, LOWEST_SPREAD_K),
        f"hz_{name}": _logarithm(hz, 1.0),
    }


def _heating(values: Mapping[str, Floats], course: Course, sums: _Sums) -> dict[str, Floats]:
    weight = np.where(course.steady & (course.mode == HEATING), course.weight, 0.0)
    columns = _working(values, weight, sums, "heating", STEADY_S)
    target = values["temp_flow_set"]
    return columns | {
        "flow_above_target": sums.mean(values["temp_flow"] - target, weight, STEADY_S),
        "flow_on_curve": columns["flow_heating"],
    }


def _hot_water(recording: Recording, course: Course, sums: _Sums) -> dict[str, Floats]:
    values, tank = recording.values, recording.values["temp_hot_water"]
    weight = np.where(course.steady & (course.mode == HOT_WATER), course.weight, 0.0)
    hours = (recording.at % HOUR_S) / HOUR_S
    return _working(values, weight, sums, "hot_water", CHARGE_S) | {
        "tank_hot_water": sums.mean(tank, weight, CHARGE_S),
        "hot_water_approach": sums.mean(values["temp_flow"] - tank, weight, CHARGE_S),
        "hot_water_rate": sums.slope(hours, tank, weight, CHARGE_SLOPE_S),
    }


def _idle(recording: Recording, course: Course, sums: _Sums) -> dict[str, Floats]:
    values, tank = recording.values, recording.values["temp_hot_water"]
    hours = (recording.at % HOUR_S) / HOUR_S
    idle = np.where(course.steady & (course.mode == OFF), course.weight, 0.0)
    heating = np.where(course.steady & (course.mode == HEATING), course.weight, 0.0)
    return {
        "flow_idle": sums.mean(values["temp_flow"], idle, STEADY_S),
        "spread_idle": sums.mean(values["temp_flow"] - values["temp_return"], idle, STEADY_S),
        "power_idle": sums.mean(values["power_current"], idle, STEADY_S),
        "tank_idle": sums.slope(hours, tank, idle, SLOPE_S),
        "tank_idle_mean": sums.mean(tank, idle, SLOPE_S),
        "tank_heating": sums.slope(hours, tank, heating, SLOPE_S),
        "tank_heating_mean": sums.mean(tank, heating, SLOPE_S),
    }


def _counted(course: Course, sums: _Sums) -> dict[str, Floats]:
    mode, weight = course.mode, course.weight
    before = np.concatenate([mode[:1], mode[:-1]])
    flows_on = course.gap_s <= LONGEST_PAUSE_S
    started = (flows_on & (before == OFF) & (mode > OFF)).astype(float)
    defrosted = (flows_on & (before != DEFROST) & (mode == DEFROST)).astype(float)
    covered = sums.of(weight)
    length = _run_lengths(course)
    ended = (length > 0).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        per_hour = np.where(covered >= COVERED_S, HOUR_S / covered, np.nan)
        share = np.where(covered >= COVERED_S, 1 / covered, np.nan)
        run_length = sums.of(length) / sums.of(ended) / HOUR_S
    return {
        "starts": sums.of(started) * per_hour,
        "defrosts": sums.of(defrosted) * per_hour,
        "run_share": sums.of(weight * (mode > OFF)) * share,
        "hot_water_share": sums.of(weight * (mode == HOT_WATER)) * share,
        "defrost_share": sums.of(weight * (mode == DEFROST)) * share,
        "run_length": np.where(np.isfinite(run_length), _logarithm(np.nan_to_num(run_length), 0.01), np.nan),
    }


LONGEST_PAUSE_S = 900


def _run_lengths(course: Course) -> Floats:
    """At the row in which the compressor stopped: for how long it had run (s), through all modes; else 0."""
    running = course.mode > OFF
    count = len(running)
    if count == 0:
        return np.zeros(0)
    before = np.concatenate([[False], running[:-1]])
    silent = course.gap_s > LONGEST_PAUSE_S
    clock = np.cumsum(course.gap_s)
    begun = np.maximum.accumulate(np.where(running & (~before | silent), np.arange(count), 0))
    stopped = before & ~running & ~silent
    return np.where(stopped, clock - clock[np.concatenate([[0], begun[:-1]])], 0).astype(float)


def _smoothed_by_time(at: Times, values: Floats) -> Floats:
    """The running mean of about a day, as far as it is known; the first value stands for the time before."""
    smoothed = np.full(len(values), np.nan)
    level, before = np.nan, 0
    for place, (time, value) in enumerate(zip(at.tolist(), values.tolist(), strict=True)):
        if not math.isnan(value):
            share = 1 - (1 - DAY_SMOOTHING) ** ((time - before) / HOUR_S)
            level = value if math.isnan(level) else level + share * (value - level)
            before = time
        smoothed[place] = level
    return smoothed


def _recovering(recording: Recording, course: Course, sums: _Sums, begins: Times) -> Mask:
    lost = np.where(course.gap_s > LOST_S, recording.at, -RECOVERY_S * 10)
    if not len(lost):
        return np.zeros(0, dtype=bool)
    newest = np.maximum.accumulate(np.maximum.reduceat(lost, sums.begins))
    recovering: Mask = begins < newest + RECOVERY_S
    return recovering
