"""What a dashboard is made of: charts, their lines, and the values worth a line of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["line", "area", "bar", "gauge", "value", "states", "scatter", "table"]
Axis = Literal["auto", "left", "right"]
Width = Literal["quarter", "half", "full"]

KINDS: tuple[Kind, ...] = get_args(Kind)
AXES: tuple[Axis, ...] = get_args(Axis)
WIDTHS: tuple[Width, ...] = get_args(Width)
COLOURS = 8
"""How many colours there are to choose from; they are numbered from 1 on and look different in light and dark."""

TONES = ("good", "late", "bad", "accent")
"""The colours of a threshold."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sensor of one heat pump in a chart; `colour` from 1 to COLOURS, None for the next free one."""

    heatpump_id: str
    sensor: str
    axis: Axis = "auto"
    colour: int | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    """A line across a chart at a value, with what it means."""

    value: float
    label: str = ""
    tone: str = "late"
    axis: Axis = "auto"


@dataclass(frozen=True, slots=True)
class Titles:
    """A title that is known in both languages: one of the catalogue."""

    de: str
    en: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart. `x`: the sensor of the horizontal axis of a scatter chart, of the same heat pump as each line.

    `low` and `high` are the ends of a gauge, or of the left axis; None where they follow from the values.
    """

    kind: Kind
    title: str | Titles
    lines: tuple[Line, ...]
    width: Width = "half"
    x: str | None = None
    thresholds: tuple[Threshold, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """What the column `config` holds."""

    charts: tuple[Chart, ...] = ()
