"""What one heat pump did during some time, on an even grid: the input of every figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from app.analysis import grid
from app.analysis.grid import Flags, Floats, Words
from app.analysis.half_hour import P_START_KW


@dataclass(frozen=True)
class Window:
    """Columns of one length, one entry per slot of `step_s` seconds from `start` (UTC seconds); NaN is nothing.

    `columns` are numbers by sensor id: kW, °C, Hz, l/h; switches are 0 and 1. `modes` are words of operating_mode.
    Short gaps are held already (`of`).
    """

    start: int
    step_s: int
    columns: Mapping[str, Floats]
    modes: Words
    p_start_kw: float = P_START_KW
    derived: frozenset[str] = field(default_factory=frozenset)
    """Sensors whose values were not measured but computed of others."""
    metered: frozenset[str] = field(default_factory=frozenset)
    """Powers that the owner's own meter tells here."""
    was_on: bool | None = None
    """Whether the compressor ran just before; None when nobody knows."""

    @classmethod
    def of(
        cls,
        start: int,
        step_s: int,
        columns: Mapping[str, Floats],
        modes: Words | None = None,
        p_start_kw: float = P_START_KW,
        derived: frozenset[str] = frozenset(),
        metered: frozenset[str] = frozenset(),
    ) -> Window:
        """The window of columns that still have gaps."""
        size = max((column.size for column in columns.values()), default=0 if modes is None else modes.size)
        words = np.full(size, None, dtype=object) if modes is None else grid.held_words(modes, step_s)
        held = {sensor: grid.held(column, step_s) for sensor, column in columns.items()}
        return cls(start, step_s, held, words, p_start_kw, derived, metered)

    def later(self, slots: int, *, was_on: bool | None) -> Window:
        """The same without its first slots, which were there to lead in."""
        return replace(
            self,
            start=self.start + slots * self.step_s,
            columns={sensor: column[slots:] for sensor, column in self.columns.items()},
            modes=self.modes[slots:],
            was_on=was_on,
        )

    @property
    def size(self) -> int:
        return int(self.modes.size)

    @property
    def hours(self) -> float:
        """The length of one slot."""
        return self.step_s / 3600

    def column(self, sensor: str) -> Floats:
        """The numbers of a sensor; all NaN when there is no such sensor."""
        return self.columns.get(sensor, self._nothing)

    def has(self, sensor: str) -> bool:
        """Whether the sensor delivered anything in this window."""
        return bool(np.isfinite(self.column(sensor)).any())

    @cached_property
    def _nothing(self) -> Floats:
        return np.full(self.size, np.nan)

    @cached_property
    def electric(self) -> Floats:
        """Electrical input, kW; a negative input is none."""
        power = self.column("power_current_draw")
        return np.where(power >= 0, power, np.nan)

    @cached_property
    def heat(self) -> Floats:
        """Thermal output, kW; negative while defrosting and cooling."""
        return self.column("power_current")

    @cached_property
    def both(self) -> Flags:
        """Where electricity and heat are both known."""
        return np.isfinite(self.electric) & np.isfinite(self.heat)

    @cached_property
    def running(self) -> Flags:
        """Electrical input of at least `p_start_kw`."""
        return np.nan_to_num(self.electric, nan=0.0) >= self.p_start_kw

    def in_mode(self, *words: str) -> Flags:
        return np.isin(self.modes.astype(str), words)

    def energy(self, power: Floats, where: Flags) -> float:
        """kWh of a power in kW over the slots that are set."""
        return float(np.nansum(power[where]) * self.hours)
