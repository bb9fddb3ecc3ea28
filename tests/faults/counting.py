"""A simulated iDM that numbers its answers, so that the history itself says which readings are missing."""

from __future__ import annotations

import time
from typing import Any

from drivers.simulators.modbus import READ_TABLES, WRITE_FUNCTIONS, ModbusSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named

OUTSIDE = 1000
"""Where the outdoor temperature lies: once in every poll."""

LEAST, STEPS = -20.0, 64
"""Number n is sent as LEAST + n / STEPS, which a float32 holds exactly."""


class CountingMachine(ModbusSimulator):
    """`polls` counts how often the outdoor temperature was read, `writes` what arrived, as (address, words)."""

    def __init__(self, seed: int) -> None:
        model = named("idm/navigator_2_0")
        super().__init__(model, {"circuits": ["A"]}, Plant(seed, start=1_700_000_000))
        self.polls = 0
        self.writes: list[tuple[int, tuple[int, ...]]] = []
        self._slow_s = 0.0

    def delay_writes(self, seconds: float) -> None:
        """From now on a write is carried out, and answered, so much later; whoever asks meanwhile waits."""
        self._slow_s = seconds

    def _answer(self, function: int, address: int, count: int, *rest: Any) -> Any:
        if function in READ_TABLES and address <= OUTSIDE < address + count:
            self.polls += 1
            told = self.readout._pin(self._model, "temp_outside", LEAST + self.polls / STEPS)
            self.readout._pinned["temp_outside"] = told
        if function in WRITE_FUNCTIONS and rest[-1] is not None:
            time.sleep(self._slow_s)
            self.writes.append((address, tuple(rest[-1])))
        return super()._answer(function, address, count, *rest)


def number(value: float) -> int:
    """Which poll it was that brought this outdoor temperature."""
    return round((value - LEAST) * STEPS)
