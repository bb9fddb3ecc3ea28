"""Coefficients of performance of a window: energies first, ratios last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.analysis.grid import Flags, Floats
from app.analysis.window import Window

KELVIN = 273.15
CONDENSER_K, EVAPORATOR_K = 2.0, 6.0
"""The condenser is taken as this much warmer than the flow, the evaporator as this much colder than outdoor air."""
LEAST_SPREAD_K = 1.0


@dataclass(frozen=True, slots=True)
class Energies:
    """kWh in and out, and their ratio; None when nothing was drawn or the heat is not known."""

    electric: float
    heat: float

    @property
    def cop(self) -> float | None:
        return self.heat / self.electric if self.electric > 0 else None


@dataclass(frozen=True, slots=True)
class Performance:
    """A window's energies by what they were for (kWh), and what its heat was like (°C, K; weighted with heat)."""

    combined: Energies
    running: Energies
    space: Energies
    hot_water: Energies
    cooling: Energies
    standby: float
    negative_heat: float
    flow: float | None
    outdoor: float | None
    lift: float | None
    carnot_percent: float | None
    coverage: float


def of(window: Window, *, ground_source: bool = False) -> Performance:
    """Everything that ΣQ/ΣP says about a window. Defrosts stay inside space heating; cooling has its sign inverted."""
    running = window.both & window.running
    hot_water, cooling = window.in_mode("hot_water"), window.in_mode("cooling")
    combined = _energies(window, window.both)
    in_running = _energies(window, running)
    chilled = _energies(window, running & cooling)
    return Performance(
        combined=combined,
        running=in_running,
        space=_energies(window, running & ~hot_water & ~cooling),
        hot_water=_energies(window, running & hot_water),
        cooling=Energies(chilled.electric, -chilled.heat),
        standby=combined.electric - in_running.electric,
        negative_heat=-window.energy(window.heat, window.both & (window.heat < 0) & ~cooling),
        flow=weighted(window.heat, window.column("temp_flow")),
        outdoor=weighted(window.heat, window.column("temp_outside")),
        lift=weighted(window.heat, window.column("temp_flow") - window.column("temp_outside")),
        carnot_percent=carnot_percent(window, ground_source=ground_source),
        coverage=float(np.mean(window.both)) if window.size else 0.0,
    )


def _energies(window: Window, where: Flags) -> Energies:
    return Energies(window.energy(window.electric, where), window.energy(window.heat, where))


def weighted(heat: Floats, values: Floats) -> float | None:
    """The mean of values, weighted with the heat delivered (positive heat only)."""
    usable = np.isfinite(values) & (np.nan_to_num(heat) > 0)
    total = float(np.sum(heat[usable]))
    return float(np.sum(heat[usable] * values[usable])) / total if total > 0 else None


def carnot(flow: Floats, source: Floats) -> Floats:
    """The ideal coefficient between condenser and evaporator (°C each): 7.2128 between a flow of 35 and 0 - 6 °C.

    `source` is the evaporator's temperature: outdoor − 6 K for air (`evaporator`). Not a number where there is no lift.
    """
    condenser = flow + CONDENSER_K
    lift = condenser - source
    return np.where(lift > 0, (condenser + KELVIN) / np.where(lift > 0, lift, np.nan), np.nan)


def evaporator(window: Window, *, ground_source: bool) -> Floats:
    """Where the heat comes from, °C: brine as it arrives, or outdoor air less the evaporator's difference."""
    return window.column("temp_source_in") if ground_source else window.column("temp_outside") - EVAPORATOR_K


def carnot_percent(window: Window, *, ground_source: bool = False) -> float | None:
    """Share of the ideal coefficient, 0 to 100, over the time with heat and a spread of more than 1 K."""
    flow = window.column("temp_flow")
    ideal = carnot(flow, evaporator(window, ground_source=ground_source))
    spread = flow - window.column("temp_return")
    usable = window.both & np.isfinite(ideal) & (np.nan_to_num(spread) > LEAST_SPREAD_K) & (window.heat > 0)
    electric = float(np.sum(window.electric[usable]))
    return 100 * float(np.sum(window.heat[usable] / ideal[usable])) / electric if electric > 0 else None
