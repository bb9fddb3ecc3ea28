"""The last day of everything that a heat pump tells in numbers, read in one go: what the small trends are made of."""

from __future__ import annotations

from app.services.values import Current
from app.store import series
from app.store.heatpumps import HeatPump
from app.store.series import Series
from app.system import System

SPAN_S, STEP_S = 86_400, 3600
"""Whole hours, so that closed days answer from their roll-ups."""


def of(system: System, pump: HeatPump, currents: list[Current]) -> Series:
    """The hourly means of the sensors that are numbers now, always from the own database."""
    numbers = [each.sensor.id for each in currents if isinstance(each.value, int | float) and not each.sensor.states]
    end = (int(system.clock()) // STEP_S + 1) * STEP_S
    return series.read(
        system.database.connection(),
        pump.id,
        numbers,
        start=end - SPAN_S,
        end=end,
        points=SPAN_S // STEP_S,
        shortest_step_s=STEP_S,
    )
