from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from drivers.catalogue import Catalogue
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant


@pytest.fixture
def simulated() -> Iterator[Callable[[], ModbusSimulator]]:
    """Start simulated iDMs; they end with the test."""
    running: list[ModbusSimulator] = []
    model = Catalogue().find("idm", "navigator_2_0")
    assert model is not None

    def start() -> ModbusSimulator:
        simulator = ModbusSimulator(model, {"circuits": ["A"]}, Plant(len(running) + 1, start=1_700_000_000))
        simulator.start()
        running.append(simulator)
        return simulator

    yield start
    for simulator in running:
        simulator.stop()
