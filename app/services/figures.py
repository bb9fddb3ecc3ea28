"""A heat pump's figures over days, months and years, added up from its closed days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from app import calendar
from app.analysis import advice, heat_demand, period, tariff
from app.analysis.advice import Advice
from app.analysis.day import VERSION, Day
from app.analysis.degree_days import heating_degree_days, normalised, room_degree_days
from app.analysis.energy import LEAST_COVERAGE
from app.analysis.heat_demand import DemandLine
from app.analysis.period import Period
from app.analysis.tariff import HOURS, Cost, Tariff
from app.calendar import DAY_S, Unit
from app.messages import Invalid
from app.services import metering, tariffs
from app.store import blocks, days
from app.store.heatpumps import HeatPump
from app.system import System

ROOM_C = 20.0
"""Taken for the house's temperature where no room sensor tells it."""
LEAST_DAY_COVERAGE = 0.75
"""18 hours of a day must be known for the heat-demand line."""
ADVICE_DAYS = 14
MOST_SPANS = 4000

_decoder = msgspec.json.Decoder(Day)


@dataclass(frozen=True, slots=True)
class Span:
    """A day, month or year (or what of it there is), since <= time < until in UTC seconds, and its figures."""

    since: int
    until: int
    period: Period
    cost: Cost


@dataclass(frozen=True, slots=True)
class Demand:
    """The house's heat over the cold: (room − outdoor in K, mean heat in kW) per day, and the line through them."""

    points: tuple[tuple[float, float], ...]
    line: DemandLine | None
    room_measured: bool


def first_day(system: System, pump: HeatPump) -> int | None:
    """When the first closed day begins; None without any."""
    spans = blocks.spans(system.database.connection(), pump.id)
    return calendar.begin(spans[0][0], "day", _zone(system)) if spans else None


def today(system: System) -> int:
    """When today began: figures are of days before."""
    return calendar.begin(int(system.clock()), "day", _zone(system))


def over(system: System, pump: HeatPump, start: int, end: int) -> Span:
    """The figures of all whole days in start <= time < end, which both begin days. No later than yesterday."""
    return _span(start, end, _days(system, pump, start, end), tariffs.all_of_them(system), _zone(system))


def by(system: System, pump: HeatPump, unit: Unit, start: int, end: int) -> list[Span]:
    """The same per day, month or year. Raises Invalid for more than a page or chart can hold."""
    if (end - start) // calendar.ABOUT_S[unit] > MOST_SPANS:
        raise Invalid("from", "the range has more than %(most)d buckets", most=MOST_SPANS)
    zone, known = _zone(system), _days(system, pump, start, end)
    prices = tariffs.all_of_them(system)
    edges = calendar.edges(start, end, unit, zone) if start < end else []
    spans = []
    for since, until in pairwise(edges):
        inside = [(at, day) for at, day in known if since <= at < until]
        if inside:
            spans.append(_span(max(since, start), min(until, end), inside, prices, zone))
    return spans


def demand(system: System, pump: HeatPump, start: int, end: int) -> Demand:
    """The heat-demand line of a time: space heating only, on days that are known well enough."""
    points, measured = [], True
    for _, day in _days(system, pump, start, end):
        if day is None or day.outdoor is None or day.outdoor_coverage < LEAST_DAY_COVERAGE:
            continue
        if day.heat.kwh is None or day.heat.coverage < LEAST_DAY_COVERAGE or not day.heat.parts:
            continue
        measured &= day.room is not None
        heat = day.heat.parts.get("heating", 0.0) + day.heat.parts.get("defrost", 0.0)
        points.append(((day.room or ROOM_C) - day.outdoor, heat / (day.seconds / 3600)))
    line = heat_demand.demand_line([x for x, _ in points], [y for _, y in points])
    return Demand(tuple(points), line, measured and bool(points))


def advised(system: System, pump: HeatPump) -> list[Advice]:
    """Advice from the last closed days, what needs somebody first."""
    end = today(system)
    answers = metering.of(system, pump)
    start = calendar.begin(end - ADVICE_DAYS * DAY_S, "day", _zone(system))
    return advice.of(_days(system, pump, start, end), air_source=answers is not None and answers.source == "air")


@dataclass(frozen=True, slots=True)
class Weather:
    """How cold a time was, K·d, and what its electricity would have been in the weather of a year before, kWh.

    `then` is what it was a year before, on the same dates. None where a fifth of the days or more are not known.
    """

    heating: float | None
    room: float | None
    normalised: float | None
    then: float | None


def weather(system: System, pump: HeatPump, start: int, end: int, year_before: int) -> Weather:
    """Of the days in start <= time < end so far; `year_before` is when the time to compare with begins."""
    known = _days(system, pump, start, end)
    means = _outdoor_means(known)
    if means is None:
        return Weather(None, None, None, None)
    room = room_degree_days(means)
    earlier = (
        _days(system, pump, year_before, year_before + (len(known) + 1) * DAY_S)[: len(known)] if year_before else []
    )
    reference = _outdoor_means(earlier) if len(earlier) == len(known) else None
    electric = period.over([day for _, day in known]).electric
    then = period.over([day for _, day in earlier]).electric
    comparable = reference is not None and electric.parts and min(electric.coverage, then.coverage) >= LEAST_COVERAGE
    normal = None
    if comparable and reference is not None:
        parts = electric.parts
        other = sum(kwh for mode, kwh in parts.items() if mode not in ("heating", "defrost"))
        normal = normalised(sum(parts.values()) - other, other, room, room_degree_days(reference))
    return Weather(heating_degree_days(means), room, normal, None if normal is None else then.kwh)


def _outdoor_means(known: Sequence[tuple[int, Day | None]]) -> list[float] | None:
    """The mean outdoor temperature of each day that is known well enough, °C; None when too many are not."""
    means = [
        day.outdoor
        for _, day in known
        if day is not None and day.outdoor is not None and day.outdoor_coverage >= LEAST_DAY_COVERAGE
    ]
    return means if known and len(means) >= LEAST_COVERAGE * len(known) else None


def profile(system: System, pump: HeatPump, start: int, end: int) -> tuple[float, ...]:
    """The usual day: mean electrical input in kW at each hour of the clock; empty when no day tells."""
    told = [day.hourly for _, day in _days(system, pump, start, end) if day is not None and len(day.hourly) == HOURS]
    return tuple(sum(hours) / len(told) for hours in zip(*told, strict=True)) if told else ()


def per_degree_day(
    system: System, pump: HeatPump, start: int, end: int, kind: Literal["heat", "electric"]
) -> float | None:
    """What heating the house takes in kWh per K·d (20 °C inside, limit 15 °C), over the days that tell both."""
    taken, cold = 0.0, 0.0
    for _, day in _days(system, pump, start, end):
        if day is None or day.outdoor is None or day.outdoor_coverage < LEAST_DAY_COVERAGE:
            continue
        amount = day.heat if kind == "heat" else day.electric
        if amount.kwh is None or amount.coverage < LEAST_DAY_COVERAGE or not amount.parts:
            continue
        taken += amount.parts.get("heating", 0.0) + amount.parts.get("defrost", 0.0)
        cold += room_degree_days([day.outdoor])
    return taken / cold if cold > 0 else None


def lifts(system: System, pump: HeatPump, start: int, end: int) -> list[tuple[int, float, float]]:
    """(beginning, lift in K, COP) of each day that is known well enough; the lift is flow − source, by its heat."""
    found = []
    for since, day in _days(system, pump, start, end):
        if day is None or day.flows.source_heat <= 0:
            continue
        both = min(day.heat.coverage, day.electric.coverage)
        if both < LEAST_DAY_COVERAGE or day.heat.kwh is None or not day.electric.kwh or day.heat.kwh <= 0:
            continue
        found.append((since, day.flows.source_lift / day.flows.source_heat, day.heat.kwh / day.electric.kwh))
    return found


def local_date(system: System, at: int) -> date:
    return datetime.fromtimestamp(at, _zone(system)).date()


def _days(system: System, pump: HeatPump, start: int, end: int) -> list[tuple[int, Day | None]]:
    """(beginning, figures) of each day of a time, as far as the heat pump's history goes."""
    begin, zone = first_day(system, pump), _zone(system)
    if begin is None:
        return []
    start, end = max(start, begin), min(end, today(system))
    if start >= end:
        return []
    kept = days.between(system.database.connection(), pump.id, start, end, VERSION)
    known = {each.since: _decoder.decode(each.figures) for each in kept}
    return [(at, known.get(at)) for at in calendar.edges(start, end, "day", zone)[:-1]]


def _span(
    since: int, until: int, known: Sequence[tuple[int, Day | None]], prices: Sequence[Tariff], zone: ZoneInfo
) -> Span:
    return Span(since, until, period.over([day for _, day in known]), _cost(known, prices, zone))


def _cost(known: Sequence[tuple[int, Day | None]], prices: Sequence[Tariff], zone: ZoneInfo) -> Cost:
    """None unless every day with electricity has a price for each of its hours."""
    money: float | None = 0.0 if prices else None
    co2: float | None = 0.0 if prices else None
    counted = 0
    for at, day in known:
        if day is None or day.electric.kwh is None:
            continue
        counted += 1
        each = (
            tariff.cost(prices, datetime.fromtimestamp(at, zone).date(), day.hourly) if day.hourly else Cost(None, None)
        )
        money = None if money is None or each.money is None else money + each.money
        co2 = None if co2 is None or each.co2_kg is None else co2 + each.co2_kg
    return Cost(money, co2) if counted else Cost(None, None)


def _zone(system: System) -> ZoneInfo:
    return ZoneInfo(system.config.timezone)
