"""A reading: what one heat pump said at one time."""

from __future__ import annotations

from dataclasses import dataclass

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
    """The values of one poll, in the order of its columns; `at` in whole UTC seconds."""

    heatpump_id: str
    at: int
    columns: tuple[Column, ...]
    values: tuple[Value, ...]
