"""Figures over many days: energies are added first, and divided last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from app.analysis import heat_demand
from app.analysis.cycles import short_cycling
from app.analysis.day import Day
from app.analysis.energy import LEAST_COVERAGE, Amount, Source
from app.analysis.performance import Energies

Hidden = Literal["no electricity", "no heat", "too little known", "nothing drawn"]
"""Why a figure is not shown."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A COP or seasonal performance factor; `value` is None when it is hidden, and `hidden` says why."""

    value: float | None
    hidden: Hidden | None
    electric_source: Source = "none"
    heat_source: Source = "none"
    coverage: float = 0.0


@dataclass(frozen=True, slots=True)
class Period:
    """Days added up. `days` is how many the period has, `known` how many of them have figures."""

    days: int
    known: int
    electric: Amount
    heat: Amount
    factor: Ratio
    cops: Mapping[str, float | None]
    standby: float
    negative_heat: float
    flow: float | None
    outdoor_weighted: float | None
    lift: float | None
    carnot_percent: float | None
    starts: int | None
    starts_per_day: float | None
    median_run_s: float | None
    median_period_s: float | None
    short_cycling: bool
    defrosts: int
    defrost_s: int
    defrost_share: float | None
    backup_s: int | None
    backup_warm_s: int | None
    curve: Mapping[int, tuple[float, float]]
    suspicions: Mapping[str, int]


def over(days: Sequence[Day | None]) -> Period:
    """One entry per day of the period, in order; None for a day without figures."""
    known = [day for day in days if day is not None]
    electric = _added([day.electric for day in known], len(days))
    heat = _added([day.heat for day in known], len(days))
    measured = {
        purpose: _summed([day.measured[purpose] for day in known])
        for purpose in ("combined", "running", "space", "hot_water", "cooling")
    }
    flows = {
        part: sum(getattr(day.flows, part) for day in known)
        for part in ("heat", "flow", "outdoor_heat", "outdoor", "lift", "ideal_electric", "carnot_electric")
    }
    runs = [run for day in known for run in day.runs_s]
    periods = [each for day in known for each in day.periods_s]
    started = [day.starts for day in known if day.starts is not None]
    on_s = sum(day.on_s or 0 for day in known)
    return Period(
        days=len(days),
        known=len(known),
        electric=electric,
        heat=heat,
        factor=factor(known, electric, heat, len(days)),
        cops={purpose: energies.cop for purpose, energies in measured.items()},
        standby=measured["combined"].electric - measured["running"].electric,
        negative_heat=sum(day.negative_heat for day in known),
        flow=_ratio(flows["flow"], flows["heat"]),
        outdoor_weighted=_ratio(flows["outdoor"], flows["outdoor_heat"]),
        lift=_ratio(flows["lift"], flows["outdoor_heat"]),
        carnot_percent=None
        if flows["carnot_electric"] <= 0
        else 100 * flows["ideal_electric"] / flows["carnot_electric"],
        starts=sum(started) if started else None,
        starts_per_day=sum(started) / len(started) if started else None,
        median_run_s=float(np.median(runs)) if runs else None,
        median_period_s=float(np.median(periods)) if periods else None,
        short_cycling=short_cycling([day is not None and day.short_cycling for day in days]),
        defrosts=sum(day.defrosts for day in known),
        defrost_s=sum(day.defrost_s for day in known),
        defrost_share=_ratio(sum(day.defrost_s for day in known), on_s),
        backup_s=_total([day.backup_s for day in known]),
        backup_warm_s=_total([day.backup_warm_s for day in known]),
        curve=heat_demand.merged([day.curve for day in known]),
        suspicions={
            kind: sum(day.suspicions.get(kind, 0) for day in known)
            for kind in sorted({kind for day in known for kind in day.suspicions})
        },
    )


class Delivered(Protocol):
    """A day of which only the energies are wanted."""

    @property
    def electric(self) -> Amount: ...

    @property
    def heat(self) -> Amount: ...


def seasonal(days: Sequence[Delivered | None]) -> Ratio:
    """The factor alone; one entry per day of the period, None for a day without figures."""
    known = [day for day in days if day is not None]
    electric, heat = (_added([getattr(day, kind) for day in known], len(days)) for kind in ("electric", "heat"))
    return factor(known, electric, heat, len(days))


def factor(known: Sequence[Delivered], electric: Amount, heat: Amount, days: int) -> Ratio:
    """ΣQ/ΣP of the days on which both are known, hidden when they are less than 80 % of the period."""
    if electric.kwh is None:
        return Ratio(None, "no electricity")
    if heat.kwh is None:
        return Ratio(None, "no heat")
    both = [day for day in known if day.electric.kwh is not None and day.heat.kwh is not None]
    covered = sum(min(day.electric.coverage, day.heat.coverage) for day in both) / days if days else 0.0
    sources = electric.source, heat.source, covered
    if covered < LEAST_COVERAGE:
        return Ratio(None, "too little known", *sources)
    drawn = sum(day.electric.kwh or 0.0 for day in both)
    if drawn <= 0:
        return Ratio(None, "nothing drawn", *sources)
    return Ratio(sum(day.heat.kwh or 0.0 for day in both) / drawn, None, *sources)


def _added(amounts: Sequence[Amount], days: int) -> Amount:
    """The sum, with the weakest of its sources; it has parts only if every amount has."""
    known = [amount for amount in amounts if amount.kwh is not None]
    if not known:
        return Amount(None, "none", 0.0)
    order: tuple[Source, ...] = ("meter", "device counter", "integrated", "derived")
    parts: dict[str, float] = {}
    if all(amount.parts or amount.kwh == 0 for amount in known):
        for amount in known:
            for mode, kwh in amount.parts.items():
                parts[mode] = parts.get(mode, 0.0) + kwh
    return Amount(
        sum(amount.kwh or 0.0 for amount in known),
        max((amount.source for amount in known), key=order.index),
        sum(amount.coverage for amount in known) / days,
        parts,
        tuple(dict.fromkeys(doubt for amount in known for doubt in amount.doubts)),
    )


def _summed(energies: Sequence[Energies]) -> Energies:
    return Energies(sum(each.electric for each in energies), sum(each.heat for each in energies))


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None


def _total(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
