"""The small closed set of rules by which a sensor follows from others; values in, a value out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

Values = Mapping[str, float | int | str | None]

DECIMALS = 3
"""Of a number that follows from others: a watt, a watt-hour, a millikelvin. Finer is no machine."""

WH_PER_LITRE_AND_KELVIN = 1.163
"""What a litre of pure water carries per kelvin, as My Heatpump (emoncms) reckons; with glycol it differs by 1–8 %."""


@dataclass(frozen=True, slots=True)
class Term:
    """One addend: a sensor, and the factor that brings it to the unit of the sum."""

    sensor: str
    factor: float


@dataclass(frozen=True, slots=True)
class Condition:
    """What one sensor must say: one of these words or numbers, or a number of this range (limits included)."""

    sensor: str
    among: frozenset[float | int | str] = frozenset()
    minimum: float | None = None
    maximum: float | None = None

    def holds(self, value: float | int | str) -> bool:
        if self.among:
            return value in self.among
        if isinstance(value, str):
            return False
        above = self.minimum is None or value >= self.minimum
        return above and (self.maximum is None or value <= self.maximum)


@dataclass(frozen=True, slots=True)
class Row:
    """All of these conditions together mean this."""

    conditions: tuple[Condition, ...]
    then: str | int


@dataclass(frozen=True, slots=True)
class FirstMatch:
    """What the first row says whose conditions all hold."""

    rows: tuple[Row, ...]
    otherwise: str | int | None

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.sensor for row in self.rows for each in row.conditions))

    @property
    def outcomes(self) -> tuple[str | int, ...]:
        said = [row.then for row in self.rows] + ([] if self.otherwise is None else [self.otherwise])
        return tuple(dict.fromkeys(said))

    def value(self, values: Values, excused: Collection[str]) -> str | int | None:
        """None as soon as a row depends on a value that is not there: a later row must not speak in its place.

        An excused sensor is rightly absent, and its condition does not hold.
        """
        for row in self.rows:
            found = [(each, values.get(each.sensor)) for each in row.conditions]
            if any(not each.holds(value) if value is not None else each.sensor in excused for each, value in found):
                continue
            return row.then if all(value is not None for _, value in found) else None
        return self.otherwise


@dataclass(frozen=True, slots=True)
class Sum:
    """The terms together; with a negative factor, what is taken away. One term alone only changes its unit."""

    terms: tuple[Term, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(term.sensor for term in self.terms)

    def value(self, values: Values, excused: Collection[str]) -> float | None:
        """None when a term is not there, unless it is excused; and when none is there at all."""
        found = []
        for term in self.terms:
            value = _number(values.get(term.sensor))
            if value is not None:
                found.append(value * term.factor)
            elif term.sensor not in excused:
                return None
        return _rounded(sum(found)) if found else None


@dataclass(frozen=True, slots=True)
class Pair:
    """A counter in two registers: whole steps in one, what is left over in the other, such as MWh and kWh."""

    whole: Term
    rest: Term

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.whole.sensor, self.rest.sensor)

    def value(self, values: Values, excused: Collection[str]) -> float | None:
        """None also when the rest is a whole step or more: then the two do not belong together."""
        whole, rest = (_number(values.get(each.sensor)) for each in (self.whole, self.rest))
        if whole is None or rest is None or not 0 <= rest * self.rest.factor < self.whole.factor:
            return None
        return _rounded(whole * self.whole.factor + rest * self.rest.factor)


@dataclass(frozen=True, slots=True)
class ThermalPower:
    """Heat that water carries away, in kW: flow × (flow temperature - return temperature) × 1.163 Wh/(l·K).

    Negative while heat is taken out of the water, as in a defrost. `flow_rate` brings its sensor to l/h.
    """

    flow_rate: Term
    temp_flow: str
    temp_return: str

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.flow_rate.sensor, self.temp_flow, self.temp_return)

    def value(self, values: Values, excused: Collection[str]) -> float | None:
        litres, flow, back = (_number(values.get(sensor)) for sensor in self.inputs)
        if litres is None or flow is None or back is None:
            return None
        return _rounded(litres * self.flow_rate.factor * (flow - back) * WH_PER_LITRE_AND_KELVIN / 1000)


Rule = FirstMatch | Sum | Pair | ThermalPower


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a sensor follows from others, and which of those a machine may lack; `confirmed`: all of them are."""

    rule: Rule
    may_be_absent: frozenset[str]
    confirmed: bool

    @property
    def inputs(self) -> tuple[str, ...]:
        return self.rule.inputs

    @property
    def of_pure_water(self) -> bool:
        """It holds for water; with glycol the heat differs by 1–8 %."""
        return isinstance(self.rule, ThermalPower)


def _rounded(number: float) -> float:
    return round(number, DECIMALS) + 0.0  # never -0.0


def _number(value: float | int | str | None) -> float | int | None:
    return None if isinstance(value, str) else value
