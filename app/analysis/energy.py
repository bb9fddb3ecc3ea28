"""How much heat and electricity a window took, from the best source there is, and what for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from app.analysis import grid
from app.analysis.counters import Counted
from app.analysis.grid import Flags
from app.analysis.window import Window

Kind = Literal["heat", "electric"]
Source = Literal["meter", "device counter", "integrated", "derived", "none"]
Doubt = Literal[
    "counter refused",
    "counter disagrees",
    "counter stands still",
    "meter refused",
    "meter disagrees",
    "meter stands still",
]
COUNTED_MODES = ("heating", "hot_water", "cooling")
LEAST_COVERAGE = 0.8
"""Below this share of known time a figure over a period is hidden."""
TOLERANCE, LEAST_TOLERANCE_KWH = 0.25, 0.5
"""How far a counter and the integrated power may lie apart before the counter is not believed."""


_OF_METER: Mapping[Doubt, Doubt] = {
    "counter refused": "meter refused",
    "counter disagrees": "meter disagrees",
    "counter stands still": "meter stands still",
}


@dataclass(frozen=True, slots=True)
class Amount:
    """kWh in total and by what it was for; `coverage` is the known share of the time, 0 to 1.

    The parts add up to the total; `other` is a pool, and what ran in a mode that nobody told. They are empty when
    nobody knows how it divides. `kwh` is None without any source.
    """

    kwh: float | None
    source: Source
    coverage: float
    parts: Mapping[str, float] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Counters:
    """What counts the energy of one kind: the owner's own meter, the machine's total, and its counters by mode."""

    meter: Counted | None = None
    total: Counted | None = None
    modes: Mapping[str, Counted] = field(default_factory=dict)


def of(window: Window, kind: Kind, counters: Counters) -> Amount:
    """The owner's meter, else the machine's counter, else the integrated power; a doubtful counter comes last.

    A meter that disagrees with the heat pump's own power is believed, and the doubt is told: it may well include more.
    """
    sensor = "power_current_draw" if kind == "electric" else "power_current"
    power = window.electric if kind == "electric" else window.heat
    shares = _by_mode(window, power, kind)
    integrated, coverage = sum(shares.values()), grid.coverage(power)
    known = integrated if coverage >= LEAST_COVERAGE else None
    doubts: list[Doubt] = []
    if counters.meter is not None and counters.meter.times.size:
        doubt = _doubt(counters.meter, known)
        if doubt is not None:
            doubts.append(_OF_METER[doubt])
        if doubt in (None, "counter disagrees"):
            parts = _divided(counters.meter.total, shares, coverage, counters.modes)
            return Amount(counters.meter.total, "meter", _spanned(counters.meter, window), parts, tuple(doubts))
    if sensor in window.metered and known is not None:
        return Amount(integrated, "meter", coverage, shares, tuple(doubts))
    counter = counters.total or _sum(counters.modes)
    if counter is not None and counter.times.size:
        doubt = _doubt(counter, known)
        if doubt is None:
            parts = _divided(counter.total, shares, coverage, counters.modes)
            return Amount(counter.total, "device counter", _spanned(counter, window), parts, tuple(doubts))
        doubts.append(doubt)
    if coverage > 0:
        how: Source = "meter" if sensor in window.metered else "derived" if sensor in window.derived else "integrated"
        return Amount(integrated, how, coverage, shares, tuple(doubts))
    return Amount(None, "none", 0.0, {}, tuple(doubts))


def mode_flags(window: Window) -> dict[str, Flags]:
    """Which slots belong to which mode; each slot to one. Without electrical input, the mode alone tells."""
    idle = (window.electric < window.p_start_kw) | (np.isnan(window.electric) & window.in_mode("off", "standby"))
    flags = {mode: window.in_mode(mode) & ~idle for mode in ("heating", "hot_water", "cooling", "defrost")}
    flags["standby"] = idle
    flags["other"] = ~np.any(list(flags.values()), axis=0)
    return flags


def _by_mode(window: Window, power: grid.Floats, kind: Kind) -> dict[str, float]:
    parts = {mode: window.energy(power, flags) for mode, flags in mode_flags(window).items()}
    if kind == "heat":
        parts["cooling"] = -parts["cooling"]  # heat that was taken out of the house is what cooling delivers
    return parts


def _doubt(counter: Counted, integrated: float | None) -> Doubt | None:
    if counter.refused:
        return "counter refused"
    if integrated is None:
        return None
    if np.isnan(counter.resolution):
        return "counter stands still" if abs(integrated) > LEAST_TOLERANCE_KWH else None
    tolerance = max(TOLERANCE * abs(integrated), 2 * counter.resolution, LEAST_TOLERANCE_KWH)
    return "counter disagrees" if abs(counter.total - integrated) > tolerance else None


def _divided(
    total: float, shares: Mapping[str, float], coverage: float, modes: Mapping[str, Counted]
) -> dict[str, float]:
    """The total by mode: as the power was, else as the machine's own counters say."""
    whole = sum(shares.values())
    if coverage >= LEAST_COVERAGE and whole > 0:
        return {mode: total * share / whole for mode, share in shares.items()}
    if not modes:
        return {}
    counted = {mode: modes[mode].total for mode in COUNTED_MODES if mode in modes}
    rest = total - sum(counted.values())
    if rest < 0:  # each counter is rounded on its own
        whole = sum(counted.values())
        return {mode: total * share / whole for mode, share in counted.items()}
    return counted | {"other": rest}


def _sum(modes: Mapping[str, Counted]) -> Counted | None:
    """A total of the counters by mode, where a machine counts nothing else."""
    if not modes:
        return None
    times = np.concatenate([each.times for each in modes.values()])
    order = np.argsort(times, kind="stable")
    resolutions = [each.resolution for each in modes.values() if not np.isnan(each.resolution)]
    return Counted(
        times[order],
        np.concatenate([each.increments for each in modes.values()])[order],
        sum(each.repaired for each in modes.values()),
        sum(each.refused for each in modes.values()),
        max(resolutions, default=float("nan")),
        min(each.since for each in modes.values()),
    )


def _spanned(counter: Counted, window: Window) -> float:
    """The share of the window between the counter's first and last reading; gaps inside cost a counter nothing."""
    length = window.size * window.step_s
    if not length:
        return 0.0
    last = min(int(counter.times[-1]), window.start + length)
    return min(1.0, max(0.0, (last - max(counter.since, window.start)) / length))
