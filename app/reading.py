"""A reading: what one heat pump said at one time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = float | int | str | None


@dataclass(frozen=True, slots=True)
class Column:
    """One sensor's place in a reading.

    `storage` says how exactly it is kept: "float32", "float64", "text", or a decimal step such as "0.1".
    """

    sensor: str
    unit: str
    storage: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The values of one poll, in the order of its columns; `at` in whole UTC seconds.

    `told_at` has the times that the machine's own cloud gives its values, by sensor, where there is one.
    """

    heatpump_id: str
    at: int
    columns: tuple[Column, ...]
    values: tuple[Value, ...]
    told_at: Mapping[str, int] = field(default_factory=dict)
