"""Several heat pumps side by side: their figures over the dates that all of them have, and what makes that unfair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.analysis.boundary import Boundary
from app.analysis.energy import LEAST_COVERAGE
from app.calendar import Unit
from app.messages import Invalid, Message
from app.services import figures, heatpumps, metering
from app.services.figures import Span
from app.store.heatpumps import HeatPump
from app.system import System

FEWEST, MOST = 2, 8


@dataclass(frozen=True, slots=True)
class Compared:
    """One heat pump: its figures of the whole time and by months or days, heat in kWh/(K·d), and kW by the hour."""

    pump: HeatPump
    boundary: Boundary | None
    span: Span
    spans: tuple[Span, ...]
    heat_per_degree_day: float | None
    profile: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """start <= time < end in UTC seconds; empty (`start == end`) when the heat pumps have no day in common."""

    start: int
    end: int
    compared: tuple[Compared, ...]
    warnings: tuple[Message, ...]


def chosen(system: System, ids: Sequence[str]) -> list[HeatPump]:
    """The heat pumps of these ids, each once, in this order. Raises Invalid and NotFound."""
    wanted = list(dict.fromkeys(ids))
    if not FEWEST <= len(wanted) <= MOST:
        raise Invalid("heatpump", "choose %(fewest)d to %(most)d heat pumps", fewest=FEWEST, most=MOST)
    return [heatpumps.get(system, each) for each in wanted]


def compare(system: System, pumps: Sequence[HeatPump], start: int, end: int, unit: Unit) -> Comparison:
    """Over the days of start <= time < end that lie within the history of each. Raises Invalid for too many buckets."""
    firsts = [figures.first_day(system, pump) for pump in pumps]
    begin = max([start, *(first for first in firsts if first is not None)])
    end = min(end, figures.today(system))
    if begin >= end or None in firsts:
        without = [pump.name for pump, first in zip(pumps, firsts, strict=True) if first is None]
        return Comparison(start, start, (), _nothing_in_common(without))
    limits = metering.boundaries(system)
    compared = tuple(
        Compared(
            pump,
            limits.get(pump.id),
            figures.over(system, pump, begin, end),
            tuple(figures.by(system, pump, unit, begin, end)),
            figures.heat_per_degree_day(system, pump, begin, end),
            figures.profile(system, pump, begin, end),
        )
        for pump in pumps
    )
    return Comparison(begin, end, compared, tuple(_warnings(compared)))


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
