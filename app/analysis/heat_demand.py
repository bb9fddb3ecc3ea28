"""What a house needs and what it gets: the heat-demand line and the heat curve as driven."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.grid import Floats
from app.analysis.window import Window

TRIMMED_SIGMA, ROUNDS = 2.5, 8
QUANTILE_80 = 1.2816
"""80 % of a normal distribution lie within so many sigma."""
LEAST_DAYS = 10
LEAST_STEPS, LEAST_SPAN_K, LEAST_HOURS, LEAST_FIT = 5, 6.0, 24.0, 0.6
"""What a heat curve needs before a line is drawn through it: outdoor temperatures, their span, hours, and R²."""


@dataclass(frozen=True, slots=True)
class DemandLine:
    """Mean heat (kW) = slope · (room − outdoor − free gains): `per_kelvin` kW/K from `balance_k` K below the room on.

    `interval_kw` is the half width of the band that holds 80 % of the days.
    """

    per_kelvin: float
    balance_k: float
    interval_kw: float
    days: int
    left_out: int

    def at(self, difference_k: float) -> float:
        """kW at so many kelvin between room and outdoors."""
        return max(0.0, self.per_kelvin * (difference_k - self.balance_k))


def demand_line(differences: Sequence[float], heats: Sequence[float]) -> DemandLine | None:
    """Least squares of daily mean heat (kW) over room − outdoor (K), one pair per day with at least 18 h of data.

    Days warmer than the balance point, where nothing is needed, would bend the line: they are left out, and the balance
    point found anew until it stays. Days off by more than 2.5 sigma go as well. None when there is no line.
    """
    x, y = np.asarray(differences, dtype=np.float64), np.asarray(heats, dtype=np.float64)
    usable = np.isfinite(x) & np.isfinite(y)
    x, y = x[usable], y[usable]
    chosen = y > 0
    for _ in range(ROUNDS):
        if np.sum(chosen) < LEAST_DAYS or np.ptp(x[chosen]) == 0:
            return None
        slope, offset = np.polyfit(x[chosen], y[chosen], 1)
        if slope <= 0:
            return None
        balance = -offset / slope
        errors = y - (slope * x + offset)
        sigma = float(np.std(errors[chosen], ddof=2))
        again = (x > balance) & (np.abs(errors) <= TRIMMED_SIGMA * max(sigma, 1e-9))
        if np.array_equal(again, chosen):
            break
        chosen = again
    return DemandLine(
        float(slope), float(balance), QUANTILE_80 * sigma, int(np.sum(chosen)), int(np.sum((x > balance) & ~chosen))
    )


def driven_curve(window: Window) -> dict[int, tuple[float, float]]:
    """Outdoor temperature (whole °C) → (hours, mean flow °C) of the time that the machine ran for the house."""
    flow, outdoor = window.column("temp_flow"), window.column("temp_outside")
    usable = (
        window.running & ~window.in_mode("hot_water", "cooling", "defrost") & np.isfinite(flow) & np.isfinite(outdoor)
    )
    bins: Floats = np.round(outdoor[usable])
    found: dict[int, tuple[float, float]] = {}
    for outdoor_c in np.unique(bins).tolist():
        flows = flow[usable][bins == outdoor_c]
        found[int(outdoor_c)] = (flows.size * window.hours, float(np.mean(flows)))
    return found


@dataclass(frozen=True, slots=True)
class CurveLine:
    """Flow (°C) = at_zero + slope · outdoor, from `coldest` to `warmest` °C; `fit` is R², weighted with hours."""

    slope: float
    at_zero: float
    fit: float
    coldest: float
    warmest: float

    def at(self, outdoor: float) -> float:
        return self.at_zero + self.slope * outdoor


def curve_line(curve: Mapping[int, tuple[float, float]]) -> CurveLine | None:
    """Least squares through a driven curve, weighted with hours.

    None where a line would say more than is known: too few temperatures or hours, points that scatter, or a flow that
    does not fall as it gets warmer.
    """
    outdoor = np.array([each for each, (hours, _) in curve.items() if hours > 0], dtype=np.float64)
    hours = np.array([hours for hours, _ in curve.values() if hours > 0])
    flow = np.array([flow for hours, flow in curve.values() if hours > 0])
    if outdoor.size < LEAST_STEPS or np.ptp(outdoor) < LEAST_SPAN_K or hours.sum() < LEAST_HOURS:
        return None
    slope, at_zero = np.polyfit(outdoor, flow, 1, w=np.sqrt(hours))
    spread = float(np.sum(hours * (flow - np.average(flow, weights=hours)) ** 2))
    left = float(np.sum(hours * (flow - (at_zero + slope * outdoor)) ** 2))
    fit = 1 - left / spread if spread > 1e-9 else 0.0
    if slope >= 0 or fit < LEAST_FIT:
        return None
    return CurveLine(float(slope), float(at_zero), fit, float(outdoor.min()), float(outdoor.max()))


def merged(curves: Sequence[Mapping[int, tuple[float, float]]]) -> dict[int, tuple[float, float]]:
    """The curve of many days: hours add up, flows are weighted with them."""
    sums: dict[int, tuple[float, float]] = {}
    for curve in curves:
        for outdoor_c, (hours, flow) in curve.items():
            so_far, weighted = sums.get(outdoor_c, (0.0, 0.0))
            sums[outdoor_c] = (so_far + hours, weighted + hours * flow)
    return {outdoor_c: (hours, weighted / hours) for outdoor_c, (hours, weighted) in sorted(sums.items())}
