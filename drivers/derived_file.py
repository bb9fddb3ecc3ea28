"""From the `derived` section of a model's file to sensors, each after those that it follows from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from drivers.derivation import Condition, Derivation, FirstMatch, Pair, Row, Rule, Sum, Term, ThermalPower
from drivers.derived_shape import DerivedEntry, Range, Said
from drivers.errors import BadCatalogue
from drivers.sensor import Sensor, Text
from drivers.vocabulary import Word

UNITS = {
    "W": ("power", 0.001),
    "kW": ("power", 1.0),
    "Wh": ("energy", 0.001),
    "kWh": ("energy", 1.0),
    "MWh": ("energy", 1000.0),
    "l/h": ("flow", 1.0),
    "l/min": ("flow", 60.0),
    "m³/h": ("flow", 1000.0),
    "s": ("time", 1 / 3600),
    "min": ("time", 1 / 60),
    "h": ("time", 1.0),
}
"""Units that lead to each other: what they measure, and how many of its main unit one of them is."""

RULES = ("first_match", "converted", "sum", "difference", "pair", "thermal_power")


class NoRule(Exception):
    """What an entry says cannot be done; the message says why."""


def in_order(entries: Mapping[str, DerivedEntry], where: str) -> list[str]:
    """The ids of the entries, each after those that it follows from. Raises BadCatalogue for a circle."""
    try:
        return list(
            TopologicalSorter({name: named(entry) & entries.keys() for name, entry in entries.items()}).static_order()
        )
    except CycleError as error:
        raise BadCatalogue(f"{where}: derived: {' → '.join(reversed(error.args[1]))} is a circle") from None


def named(entry: DerivedEntry) -> set[str]:
    """The sensors that an entry names in its rule."""
    names = {sensor for row in entry.first_match for sensor in row.when} | set(entry.sum)
    if entry.converted is not None:
        names.add(entry.converted)
    for fields in (entry.difference, entry.pair, entry.thermal_power):
        if fields is not None:
            names |= {getattr(fields, field) for field in fields.__struct_fields__}
    return names


def derived_sensor(
    sensor_id: str,
    entry: DerivedEntry,
    word: Word,
    title: Text,
    titles: Mapping[str, Text],
    known: Mapping[str, Sensor],
) -> Sensor:
    """The sensor of this entry. `titles` are those of every state's word. Raises NoRule."""
    inputs = [_input(name, known) for name in sorted(named(entry))]
    rule = _rule(entry, word, known)
    _check_absent(entry, rule)
    outcomes = rule.outcomes if isinstance(rule, FirstMatch) else ()
    words = [outcome for outcome in outcomes if isinstance(outcome, str)]
    _check_outcomes(word, outcomes, titles, isinstance(rule, FirstMatch))
    needed = [each for each in inputs if each.id not in entry.may_be_absent]
    return Sensor(
        id=sensor_id,
        title=title,
        unit=word.unit,
        category=word.category,
        kind=word.kind,
        table="",
        at=-1,
        type="derived",
        words=0,
        word_order="big",
        scale=0.001 if not outcomes else 1.0,
        tier="slow" if any(each.tier == "slow" for each in inputs) else "fast",
        sources=tuple(dict.fromkeys(source for each in inputs for source in each.sources)),
        states=dict(enumerate(words)),
        state_titles={each: titles[each] for each in words},
        optional=any(each.optional for each in needed),
        part=tuple(dict.fromkeys(part for each in inputs for part in each.part)),
        products=_products(needed),
        note=entry.note,
        derived=Derivation(rule, frozenset(entry.may_be_absent), all(each.confirmed for each in inputs)),
    )


def _products(needed: Iterable[Sensor]) -> frozenset[str]:
    """Those that have everything that is needed; none named is all of them."""
    named = [each.products for each in needed if each.products]
    return frozenset.intersection(*named) if named else frozenset()


def _rule(entry: DerivedEntry, word: Word, known: Mapping[str, Sensor]) -> Rule:
    chosen = [name for name in RULES if getattr(entry, name)]
    if len(chosen) != 1:
        raise NoRule(f"needs exactly one rule of {', '.join(RULES)}")
    if entry.first_match:
        if not all(row.when for row in entry.first_match):
            raise NoRule("first_match: a row needs a condition; otherwise stands for all the rest")
        return FirstMatch(
            tuple(
                Row(tuple(_condition(known[name], said) for name, said in row.when.items()), row.then)
                for row in entry.first_match
            ),
            entry.otherwise,
        )
    if entry.otherwise is not None:
        raise NoRule("otherwise belongs to first_match")
    if entry.thermal_power is not None:
        return _thermal_power(entry, word, known)
    if entry.pair is not None:
        return Pair(_term(known[entry.pair.whole], word.unit), _term(known[entry.pair.rest], word.unit))
    if entry.difference is not None:
        return _difference(known[entry.difference.of], known[entry.difference.less], word.unit)
    if len(entry.sum) == 1 or len(set(entry.sum)) < len(entry.sum):
        raise NoRule("sum: needs two or more different sensors")
    if word.unit == "°C" and entry.sum:
        raise NoRule("sum: temperatures have none")
    names = entry.sum or ((entry.converted,) if entry.converted else ())
    return Sum(tuple(_term(known[name], word.unit) for name in names))


def _difference(of: Sensor, less: Sensor, unit: str) -> Sum:
    if unit == "°C":
        raise NoRule("difference: that of temperatures is in K")
    unit = "°C" if unit == "K" and of.unit == "°C" else unit
    taken = _term(less, unit)
    return Sum((_term(of, unit), Term(taken.sensor, -taken.factor)))


def _thermal_power(entry: DerivedEntry, word: Word, known: Mapping[str, Sensor]) -> ThermalPower:
    assert entry.thermal_power is not None
    flow, back = known[entry.thermal_power.temp_flow], known[entry.thermal_power.temp_return]
    for each in (flow, back):
        if each.unit != "°C":
            raise NoRule(f"{each.id} is in {each.unit or 'no unit'}, which is not °C")
    if word.unit != "kW":
        raise NoRule(f"thermal_power is in kW, not in {word.unit or 'no unit'}")
    return ThermalPower(_term(known[entry.thermal_power.flow_rate], "l/h"), flow.id, back.id)


def _input(name: str, known: Mapping[str, Sensor]) -> Sensor:
    sensor = known.get(name)
    if sensor is None:
        raise NoRule(f"{name!r} is not one of the sensors")
    if not sensor.readable:
        raise NoRule(f"{name} is never read")
    return sensor


def _term(sensor: Sensor, unit: str) -> Term:
    """Raises NoRule unless the sensor's unit leads to this one."""
    if sensor.kind == "state":
        raise NoRule(f"{sensor.id} is a state, and no number")
    if sensor.unit == unit:
        return Term(sensor.id, 1.0)
    kind, factor = UNITS.get(sensor.unit, (None, 1.0))
    target, part = UNITS.get(unit, (None, 1.0))
    if kind is None or kind != target:
        raise NoRule(f"{sensor.id} is in {sensor.unit or 'no unit'}, which does not lead to {unit or 'no unit'}")
    return Term(sensor.id, factor / part)


def _condition(sensor: Sensor, said: Said | tuple[Said, ...] | Range) -> Condition:
    if isinstance(said, Range):
        if said.start is None and said.end is None:
            raise NoRule(f"{sensor.id}: a range needs from or to")
        if sensor.kind == "state":
            raise NoRule(f"{sensor.id} is a state, and has no range")
        return Condition(sensor.id, minimum=said.start, maximum=said.end)
    among = said if isinstance(said, tuple) else (said,)
    if not among:
        raise NoRule(f"{sensor.id}: none of nothing can be true")
    for each in among:
        if isinstance(each, str) != (sensor.kind == "state"):
            raise NoRule(
                f"{sensor.id}: {each!r} is not what it says ({'words' if sensor.kind == 'state' else 'numbers'})"
            )
        if sensor.states and each not in sensor.states.values():
            raise NoRule(f"{sensor.id}: {each!r} is not one of {', '.join(dict.fromkeys(sensor.states.values()))}")
    return Condition(sensor.id, frozenset(among))


def _check_absent(entry: DerivedEntry, rule: Rule) -> None:
    for name in entry.may_be_absent:
        if name not in rule.inputs:
            raise NoRule(f"may_be_absent: {name!r} is not one of its sensors")
    if entry.may_be_absent and not (entry.first_match or entry.sum):
        raise NoRule("may_be_absent belongs to first_match and sum")


def _check_outcomes(word: Word, outcomes: Collection[str | int], titles: Collection[str], chosen: bool) -> None:
    if chosen != (word.kind in ("state", "switch")):
        raise NoRule(f"first_match makes states and switches, and this is a {word.kind}")
    for outcome in outcomes:
        if word.kind == "switch" and outcome not in (0, 1):
            raise NoRule(f"{outcome!r} is not 0 or 1")
        if word.kind == "state" and (not isinstance(outcome, str) or outcome not in titles):
            raise NoRule(f"state {outcome!r} has no title")
