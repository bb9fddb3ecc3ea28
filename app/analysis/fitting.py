"""Fits the conditions of a rule to one heat pump: which sensors it has, and how long their values stay true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.alert import ANOMALY, Condition
from app.analysis.rules import Rule
from app.analysis.terms import DAY_S, Count, Fault, Offline, Rate, Silence, Term, Threshold, Word

FAULT = "fault"
"""The word of a state that reports a fault, on every machine (see vocabulary.yaml)."""

LAST_FAULT_AT = "last_error_at"
"""Where no state reports a fault: the time of the newest entry of the machine's own list of faults."""

CODES = ("error_code", "last_error_code", "error_sub_code")


@dataclass(frozen=True, slots=True)
class Machine:
    """What rules must know about a heat pump: sensor → for how many seconds a value of it may be taken as true, and the
    sensors among whose states is a fault; `interval_s` between two polls."""

    silences: Mapping[str, int]
    fault_sensors: tuple[str, ...]
    interval_s: float


@dataclass(frozen=True, slots=True)
class Lacking:
    """The rule cannot be used for this heat pump: it has none of these sensors."""

    sensors: tuple[str, ...]


def fitted(conditions: Sequence[Condition], for_s: int, machine: Machine) -> Rule | Lacking:
    """The rule for this heat pump, or what it lacks."""
    lacking = tuple(dict.fromkeys(name for each in conditions for name in _missing(each, machine)))
    if lacking:
        return Lacking(lacking)
    terms = tuple(_term(each, machine) for each in conditions)
    timed = any(isinstance(term, Silence | Offline) for term in terms)
    silences = [machine.silences[sensor] for sensor in sensors(terms) if sensor in machine.silences]
    gapless = all(isinstance(term, Silence | Offline) for term in terms)
    return Rule(terms, for_s, None if gapless else max(silences, default=None), timed)


def sensors(terms: Sequence[Term]) -> list[str]:
    """Every sensor that these terms look at."""
    found: list[str] = []
    for term in terms:
        if isinstance(term, Fault):
            found += [*sensors(term.reports), *term.codes]
        elif not isinstance(term, Offline) and term.sensor is not None:
            found.append(term.sensor)
        if isinstance(term, Threshold) and term.against is not None:
            found.append(term.against)
    return list(dict.fromkeys(found))


def windows(terms: Sequence[Term]) -> list[tuple[str, int]]:
    """The (sensor, seconds) of every stretch that these terms look back on."""
    found: list[tuple[str, int]] = []
    for term in terms:
        if isinstance(term, Rate | Count):
            found.append((term.sensor, term.window_s))
        elif isinstance(term, Fault):
            found += windows(term.reports)
    return found


def _missing(condition: Condition, machine: Machine) -> Iterator[str]:
    if condition.kind == "error":
        if not machine.fault_sensors and LAST_FAULT_AT not in machine.silences:
            yield CODES[0]
        return
    if condition.sensor is not None and condition.sensor not in machine.silences:
        yield condition.sensor
    against = condition.against
    if against is not None and against not in machine.silences and condition.instead is None:
        yield against


def _term(condition: Condition, machine: Machine) -> Term:
    if condition.kind == "offline":
        return Offline()
    if condition.kind == "error":
        return _fault(machine)
    if condition.kind == "no_data":
        return _silence(condition, machine)
    sensor = ANOMALY if condition.kind == "anomaly" else condition.sensor
    assert sensor is not None
    silence_s = machine.silences.get(sensor, round(machine.interval_s))
    if condition.kind == "state":
        return Word(sensor, frozenset(condition.words), condition.comparison != "is_not", silence_s)
    assert condition.value is not None
    if condition.kind == "rate":
        assert condition.window_s is not None
        return Rate(sensor, condition.comparison != "falls", condition.value, condition.window_s, silence_s)
    if condition.kind == "counter":
        assert condition.window_s is not None
        return Count(sensor, condition.value, condition.window_s, silence_s)
    return _threshold(condition, sensor, silence_s, machine)


def _threshold(condition: Condition, sensor: str, silence_s: int, machine: Machine) -> Threshold:
    assert condition.value is not None
    above = condition.comparison != "below"
    against_s = machine.silences.get(condition.against) if condition.against is not None else None
    if condition.against is not None and against_s is None:
        assert condition.instead is not None
        return Threshold(sensor, above, condition.instead, condition.hysteresis, None, silence_s)
    return Threshold(sensor, above, condition.value, condition.hysteresis, condition.against, silence_s, against_s or 0)


def _fault(machine: Machine) -> Fault:
    reports: tuple[Word | Count, ...] = tuple(
        Word(name, frozenset((FAULT,)), True, machine.silences[name]) for name in machine.fault_sensors
    )
    if not reports:
        reports = (Count(LAST_FAULT_AT, 0, DAY_S, machine.silences[LAST_FAULT_AT]),)
    return Fault(reports, tuple(code for code in CODES if code in machine.silences))


def _silence(condition: Condition, machine: Machine) -> Silence:
    assert condition.window_s is not None
    usual_s = machine.silences[condition.sensor] if condition.sensor is not None else 0
    return Silence(condition.sensor, max(condition.window_s, usual_s, round(3 * machine.interval_s)))
