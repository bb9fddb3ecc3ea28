"""One closed day of one heat pump in figures: what is stored, so that a year is a table read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.analysis import comfort, cycles, defrosts, energy, heat_demand, meter_faults, performance
from app.analysis.comfort import Comfort
from app.analysis.counters import Counted
from app.analysis.energy import Amount, Counters
from app.analysis.grid import Floats
from app.analysis.performance import Energies
from app.analysis.window import Window

VERSION = 4
"""Raised whenever a figure's definition changes: days of an older one are computed anew."""


@dataclass(frozen=True, slots=True)
class Flows:
    """Sums over the time with positive heat, so that days add up: kWh, and kWh·K for flow, outdoor and the lifts.

    `lift` is flow − outdoor; `source_lift` is flow − what the heat is taken from: outdoor air, or brine as it arrives.
    """

    heat: float = 0.0
    flow: float = 0.0
    outdoor_heat: float = 0.0
    outdoor: float = 0.0
    lift: float = 0.0
    ideal_electric: float = 0.0
    carnot_electric: float = 0.0
    """kWh an ideal machine would have drawn, and what this one drew at those times."""
    source_heat: float = 0.0
    source_lift: float = 0.0


@dataclass(frozen=True, slots=True)
class Day:
    """Energies in kWh, temperatures in °C, times in seconds; None is unknown. `hourly` follows the owner's clock.

    `heat` and `electric` are what is believed; `measured` are the energies whose both sides were known at the same
    time, of which every COP is made that is not of the day as a whole.
    """

    seconds: int
    electric: Amount
    heat: Amount
    measured: Mapping[str, Energies]
    negative_heat: float
    flows: Flows
    starts: int | None
    runs_s: tuple[int, ...]
    periods_s: tuple[int, ...]
    on_s: int | None
    busiest_hour: int
    short_cycling: bool
    defrosts: int
    defrost_s: int
    backup_s: int | None
    backup_warm_s: int | None
    """How long the backup heater was on, and how long of that above 0 °C."""
    outdoor: float | None
    outdoor_coverage: float
    room: float | None
    comfort: Comfort
    curve: Mapping[int, tuple[float, float]]
    hourly: tuple[float, ...]
    suspicions: Mapping[str, int] = field(default_factory=dict)
    """Seconds by kind of suspicion against a meter."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The counters of a day, read from a little before its start to its end."""

    electric: Counters = field(default_factory=Counters)
    heat: Counters = field(default_factory=Counters)
    starts: Counted | None = None


def of(window: Window, counts: Counts, hours: Sequence[int], *, ground_source: bool = False) -> Day:
    """The figures of a window that is one day; `hours` is the owner's hour of each slot (23 or 25 hours are fine)."""
    figures = performance.of(window, ground_source=ground_source)
    electric = energy.of(window, "electric", counts.electric)
    heat = energy.of(window, "heat", counts.heat)
    driven = cycles.of(window)
    _, known = cycles.compressor(window)
    thawed = defrosts.of(window)
    outdoor = window.column("temp_outside")
    return Day(
        seconds=window.size * window.step_s,
        electric=electric,
        heat=heat,
        measured={
            "combined": figures.combined,
            "running": figures.running,
            "space": figures.space,
            "hot_water": figures.hot_water,
            "cooling": figures.cooling,
        },
        negative_heat=figures.negative_heat,
        flows=_flows(window, ground_source=ground_source),
        starts=_starts(counts.starts, driven, known_share=float(np.mean(known)) if known.size else 0.0),
        runs_s=driven.runs,
        periods_s=driven.periods,
        on_s=driven.on_s if known.any() else None,
        busiest_hour=driven.busiest_hour,
        short_cycling=driven.short,
        defrosts=thawed.count,
        defrost_s=thawed.seconds,
        backup_s=_on_for(window, "backup_heater"),
        backup_warm_s=_on_for(window, "backup_heater", warmer_than=0.0),
        outdoor=_mean(outdoor),
        outdoor_coverage=float(np.mean(np.isfinite(outdoor))) if outdoor.size else 0.0,
        room=_mean(window.column("temp_room")),
        comfort=comfort.of(window),
        curve=heat_demand.driven_curve(window),
        hourly=_hourly(window, electric, hours),
        suspicions=_suspicions(window, ground_source=ground_source),
    )


def _flows(window: Window, *, ground_source: bool) -> Flows:
    heat, flow, outdoor = window.heat, window.column("temp_flow"), window.column("temp_outside")
    warm = (np.nan_to_num(heat) > 0) & np.isfinite(flow)
    both = warm & np.isfinite(outdoor)
    source = window.column("temp_source_in") if ground_source else outdoor
    lifted = warm & np.isfinite(source)
    ideal = performance.carnot(flow, performance.evaporator(window, ground_source=ground_source))
    usable = (
        warm
        & window.both
        & np.isfinite(ideal)
        & (np.nan_to_num(flow - window.column("temp_return")) > performance.LEAST_SPREAD_K)
    )
    return Flows(
        heat=window.energy(heat, warm),
        flow=window.energy(heat * flow, warm),
        outdoor_heat=window.energy(heat, both),
        outdoor=window.energy(heat * outdoor, both),
        lift=window.energy(heat * (flow - outdoor), both),
        ideal_electric=window.energy(heat / ideal, usable),
        carnot_electric=window.energy(window.electric, usable),
        source_heat=window.energy(heat, lifted),
        source_lift=window.energy(heat * (flow - source), lifted),
    )


def _starts(counter: Counted | None, driven: cycles.Cycles, *, known_share: float) -> int | None:
    """The machine's own counter, else the edges that were seen; None when too little was."""
    if counter is not None and counter.times.size and not counter.refused:
        return round(counter.total)
    return len(driven.starts) if known_share >= energy.LEAST_COVERAGE else None


def _on_for(window: Window, sensor: str, warmer_than: float | None = None) -> int | None:
    if not window.has(sensor):
        return None
    on = window.column(sensor) > 0
    if warmer_than is not None:
        on &= window.column("temp_outside") > warmer_than
    return int(np.sum(on)) * window.step_s


def _mean(values: Floats) -> float | None:
    return float(np.nanmean(values)) if np.isfinite(values).any() else None


def _hourly(window: Window, electric: Amount, hours: Sequence[int]) -> tuple[float, ...]:
    """The day's electricity per hour of the clock, as the power was; empty when too little of it is known."""
    known = np.isfinite(window.electric)
    whole = window.energy(window.electric, known)
    if electric.kwh is None or whole <= 0 or float(np.mean(known)) < energy.LEAST_COVERAGE:
        return ()
    places = np.asarray(hours, dtype=np.int64)[known]
    sums = np.bincount(places, weights=window.electric[known], minlength=24) * window.hours
    shares: list[float] = (sums / whole * electric.kwh).tolist()
    return tuple(shares)


def _suspicions(window: Window, *, ground_source: bool) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in meter_faults.of(window, ground_source=ground_source):
        found[each.fault] = found.get(each.fault, 0) + each.end - each.begin
    return found
