"""What may stand under `derived` in a model's YAML file: one rule per sensor, from a small closed set."""

from __future__ import annotations

from typing import Literal

import msgspec

from drivers.vocabulary import Title


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    """No key of a catalogue file is ever ignored."""


class Range(_Strict, rename={"start": "from", "end": "to"}):
    """A range of numbers, both limits included; one of them may be left out."""

    start: float | None = None
    end: float | None = None


Said = str | int | float


class MatchEntry(_Strict):
    """A row of first_match: what each sensor must say, and what that means together."""

    when: dict[str, Said | tuple[Said, ...] | Range]
    then: str | int


class DifferenceEntry(_Strict):
    of: str
    less: str


class PairEntry(_Strict):
    whole: str
    rest: str


class ThermalPowerEntry(_Strict):
    flow_rate: str
    temp_flow: str
    temp_return: str


class DerivedEntry(_Strict):
    """One derived sensor: exactly one rule. title, unit, category and kind as for a register."""

    first_match: tuple[MatchEntry, ...] = ()
    otherwise: str | int | None = None
    converted: str | None = None
    sum: tuple[str, ...] = ()
    difference: DifferenceEntry | None = None
    pair: PairEntry | None = None
    thermal_power: ThermalPowerEntry | None = None
    may_be_absent: tuple[str, ...] = ()
    title: Title | None = None
    unit: str | None = None
    category: str | None = None
    kind: Literal["number", "counter", "switch", "state"] | None = None
    note: str = ""
