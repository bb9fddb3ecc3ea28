"""Simulated heat pumps for programs that are killed, or whose clock is set."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named


@pytest.fixture
def simulated() -> Iterator[Callable[[], ModbusSimulator]]:
    """Start simulated iDMs; they end with the test."""
    running: list[ModbusSimulator] = []
    model = named("idm/navigator_2_0")

    def start() -> ModbusSimulator:
        simulator = ModbusSimulator(model, {"circuits": ["A"]}, Plant(len(running) + 1, start=1_700_000_000))
        simulator.start()
        running.append(simulator)
        return simulator

    yield start
    for simulator in running:
        simulator.stop()
