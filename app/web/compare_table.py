"""The figures of several heat pumps as the rows of a table, and the second less the first where there are two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from app.services import comparison
from app.services.comparison import Amounts, Basis, Compared
from app.web import insight, money
from app.web.formats import number

UNITS: Mapping[Basis, tuple[str, str, str]] = {
    "total": ("kWh", "", "kg"),
    "kwh": ("kWh/kWh", "/kWh", "g/kWh"),
    "m2": ("kWh/m²", "/m²", "kg/m²"),
    "degree_day": ("kWh/(K·d)", "/(K·d)", "kg/(K·d)"),
}
"""Of energies, of money after its sign, and of CO₂."""

DECIMALS: Mapping[Basis, tuple[int, int, int]] = {
    "total": (0, 2, 0),
    "kwh": (3, 3, 0),
    "m2": (1, 2, 1),
    "degree_day": (2, 2, 2),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of all: its label and unit, what stands in each column, and the second less the first of two."""

    label: str
    unit: str
    cells: tuple[str, ...]
    difference: str | None = None


def rows(compared: Sequence[Compared], per: str) -> list[Row]:
    basis: Basis = next((each for each in comparison.BASES if each == per), "total")
    return [*_efficiency(compared), *_amounts(compared, basis), *_behaviour(compared)]


def _efficiency(compared: Sequence[Compared]) -> list[Row]:
    return [
        _numbers(
            compared, gettext("Seasonal performance factor, COP"), "", 2, lambda each: each.span.period.factor.value
        ),
        _words(compared, gettext("Hidden because"), lambda each: insight.why_hidden(each.span)),
        _words(compared, gettext("Boundary"), _boundary),
        _numbers(compared, gettext("COP for the house"), "", 2, lambda each: each.span.period.cops.get("space")),
        _numbers(compared, gettext("COP for hot water"), "", 2, lambda each: each.span.period.cops.get("hot_water")),
    ]


def _amounts(compared: Sequence[Compared], basis: Basis) -> list[Row]:
    """Heat per kWh of heat would say nothing; per degree day only the house counts."""
    energy, by, co2 = UNITS[basis]
    decimals = DECIMALS[basis]
    grams = 1000 if basis == "kwh" else 1
    found = {each.pump.id: comparison.amounts(each, basis) for each in compared}

    def of(pick: Callable[[Amounts], float | None], factor: float = 1) -> Callable[[Compared], float | None]:
        def value(each: Compared) -> float | None:
            amount = pick(found[each.pump.id])
            return None if amount is None else factor * amount

        return value

    house = basis == "degree_day"
    heat = gettext("Space heating per degree day") if house else gettext("Heat")
    electric = gettext("Electricity for the house per degree day") if house else gettext("Electricity")
    made = [] if basis == "kwh" else [_numbers(compared, heat, energy, decimals[0], of(lambda each: each.heat))]
    made += [
        _words(compared, gettext("Heat, source"), lambda each: insight.SOURCES[each.span.period.heat.source]()),
        _numbers(compared, electric, energy, decimals[0], of(lambda each: each.electric)),
        _words(
            compared, gettext("Electricity, source"), lambda each: insight.SOURCES[each.span.period.electric.source]()
        ),
    ]
    if not house:
        made.append(
            _numbers(
                compared,
                gettext("Cost of electricity"),
                f"{money.sign()}{by}",
                decimals[1],
                of(lambda each: each.money),
            )
        )
        made.append(_numbers(compared, "CO₂", co2, decimals[2], of(lambda each: each.co2_kg, grams)))
    if basis == "total":
        per_day = gettext("Space heating per degree day")
        made.append(_numbers(compared, per_day, "kWh/(K·d)", 2, lambda each: each.heat_per_degree_day))
    return made


def _behaviour(compared: Sequence[Compared]) -> list[Row]:
    return [
        _numbers(compared, gettext("Flow, weighted with heat"), "°C", 1, lambda each: each.span.period.flow),
        _numbers(
            compared, gettext("Outdoors, weighted with heat"), "°C", 1, lambda each: each.span.period.outdoor_weighted
        ),
        _numbers(compared, gettext("Starts a day"), "", 1, lambda each: each.span.period.starts_per_day),
        _numbers(compared, gettext("Defrosts"), "", 0, lambda each: each.span.period.defrosts),
        _words(compared, gettext("Known of the time"), lambda each: insight.share(each.span.period.factor.coverage)),
    ]


def _boundary(each: Compared) -> str:
    return str(gettext("not said")) if each.boundary is None else insight.BOUNDARIES[each.boundary]()


def _numbers(
    compared: Sequence[Compared], label: str, unit: str, decimals: int, of: Callable[[Compared], float | None]
) -> Row:
    values = [of(each) for each in compared]
    difference = None
    if len(values) == 2:
        first, second = values
        difference = insight.NOTHING if first is None or second is None else _signed(second - first, decimals)
    return Row(label, unit, tuple(insight.rounded(value, decimals) for value in values), difference)


def _words(compared: Sequence[Compared], label: str, of: Callable[[Compared], str]) -> Row:
    return Row(label, "", tuple(of(each) for each in compared), "" if len(compared) == 2 else None)


def _signed(value: float, decimals: int) -> str:
    text = number(value, decimals)
    return f"+{text}" if value > 0 and any(sign in "123456789" for sign in text) else text
