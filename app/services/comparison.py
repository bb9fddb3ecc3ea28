"""Several heat pumps side by side: their figures over the dates that all of them have, and what makes that unfair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from app.analysis import heat_demand
from app.analysis.boundary import Boundary
from app.analysis.energy import LEAST_COVERAGE
from app.analysis.heat_demand import CurveLine
from app.calendar import Unit
from app.messages import Invalid, Message, NotFound
from app.services import figures, metering
from app.services.figures import Span
from app.store.heatpumps import HeatPump
from app.system import System

FEWEST, MOST = 2, 8

Basis = Literal["total", "kwh", "m2", "degree_day"]
"""What amounts are divided by: nothing, the heat, the heated area, or how cold it was."""

BASES: tuple[Basis, ...] = get_args(Basis)


@dataclass(frozen=True, slots=True)
class Compared:
    """One heat pump: its figures of the whole time and by months or days, and kW by the hour.

    What heating the house takes per degree day is in kWh/(K·d); `line` goes through its heating curve, where there is
    one; `lifts` are (beginning of the day, flow − source in K, COP).
    """

    pump: HeatPump
    boundary: Boundary | None
    span: Span
    spans: tuple[Span, ...]
    heat_per_degree_day: float | None
    electric_per_degree_day: float | None
    profile: tuple[float, ...]
    line: CurveLine | None
    lifts: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True, slots=True)
class Amounts:
    """Heat and electricity in kWh, money and CO₂ in kg, divided by the basis; None is not known."""

    heat: float | None
    electric: float | None
    money: float | None
    co2_kg: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """start <= time < end in UTC seconds; empty (`start == end`) when the heat pumps have no day in common."""

    start: int
    end: int
    compared: tuple[Compared, ...]
    warnings: tuple[Message, ...]


def chosen(pumps: Sequence[HeatPump], ids: Sequence[str]) -> list[HeatPump]:
    """Of these heat pumps those of the ids, each once, in the order of the ids. Raises Invalid and NotFound."""
    wanted = list(dict.fromkeys(ids))
    if not FEWEST <= len(wanted) <= MOST:
        raise Invalid("heatpump", "choose %(fewest)d to %(most)d heat pumps", fewest=FEWEST, most=MOST)
    known = {pump.id: pump for pump in pumps}
    for each in wanted:
        if each not in known:
            raise NotFound("there is no heat pump %(id)s", id=each)
    return [known[each] for each in wanted]


def compare(system: System, pumps: Sequence[HeatPump], start: int, end: int, unit: Unit) -> Comparison:
    """Over the days of start <= time < end that lie within the history of each. Raises Invalid for too many buckets."""
    firsts = [figures.first_day(system, pump) for pump in pumps]
    begin = max([start, *(first for first in firsts if first is not None)])
    end = min(end, figures.today(system))
    if begin >= end or None in firsts:
        without = [pump.name for pump, first in zip(pumps, firsts, strict=True) if first is None]
        return Comparison(start, start, (), _nothing_in_common(without))
    limits = metering.boundaries(system)
    compared = tuple(_compared(system, pump, limits.get(pump.id), begin, end, unit) for pump in pumps)
    return Comparison(begin, end, compared, tuple(_warnings(compared)))


def _compared(system: System, pump: HeatPump, boundary: Boundary | None, start: int, end: int, unit: Unit) -> Compared:
    span = figures.over(system, pump, start, end)
    return Compared(
        pump,
        boundary,
        span,
        tuple(figures.by(system, pump, unit, start, end)),
        figures.per_degree_day(system, pump, start, end, "heat"),
        figures.per_degree_day(system, pump, start, end, "electric"),
        figures.profile(system, pump, start, end),
        heat_demand.curve_line(span.period.curve),
        tuple(figures.lifts(system, pump, start, end)),
    )


def amounts(each: Compared, basis: Basis) -> Amounts:
    """What it gave and took, per kWh of heat, per m² or per degree day (then only what heated the house).

    What is divided must be known nearly all of the time, or the quotient would flatter.
    """
    period, cost = each.span.period, each.span.cost
    if basis == "total":
        return Amounts(period.heat.kwh, period.electric.kwh, cost.money, cost.co2_kg)
    if basis == "degree_day":
        return Amounts(each.heat_per_degree_day, each.electric_per_degree_day, None, None)
    heat_known, electric_known = period.heat.coverage >= LEAST_COVERAGE, period.electric.coverage >= LEAST_COVERAGE
    by = each.pump.heated_area if basis == "m2" else period.heat.kwh if heat_known else None
    if not by or by <= 0:
        return Amounts(None, None, None, None)

    def share(amount: float | None) -> float | None:
        return None if amount is None or not electric_known else amount / by

    heat = period.heat.kwh / by if basis == "m2" and heat_known and period.heat.kwh is not None else None
    return Amounts(heat, share(period.electric.kwh), share(cost.money), share(cost.co2_kg))


def without_area(compared: Sequence[Compared]) -> list[Message]:
    """Whose owner has to say first how much it heats."""
    names = ", ".join(each.pump.name for each in compared if each.pump.heated_area is None)
    if not names:
        return []
    return [Message("%(names)s: say in the form how many square metres are heated.", {"names": names})]


def _nothing_in_common(without: Sequence[str]) -> tuple[Message, ...]:
    if without:
        return (Message("%(names)s: there is no closed day yet", {"names": ", ".join(without)}),)
    return (Message("they have no day of this time in common"),)


def _warnings(compared: Sequence[Compared]) -> list[Message]:
    found = []
    if len({each.boundary for each in compared}) > 1:
        said = ", ".join(f"{each.pump.name} {each.boundary or '?'}" for each in compared)
        found.append(Message("Their factors do not include the same: %(boundaries)s.", {"boundaries": said}))
    elif compared[0].boundary is None:
        found.append(
            Message("Nobody said yet what their electricity meters include; their factors may not be comparable.")
        )
    little = [each.pump.name for each in compared if each.span.period.factor.coverage < LEAST_COVERAGE]
    if little:
        said = ", ".join(little)
        found.append(Message("%(names)s: less than four fifths of this time are known.", {"names": said}))
    sources = {(each.span.period.electric.source, each.span.period.heat.source) for each in compared}
    if len(sources) > 1:
        found.append(Message("Their energies come from different sources; the table names them."))
    return found
