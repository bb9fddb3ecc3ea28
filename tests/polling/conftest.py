import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named


@pytest.fixture
def simulated() -> Iterator[Callable[..., ModbusSimulator]]:
    """Start simulated iDMs: simulated(port=0, pinned={…}); they end with the test."""
    running: list[ModbusSimulator] = []
    model = named("idm/navigator_2_0")

    def start(**settings: object) -> ModbusSimulator:
        simulator = ModbusSimulator(model, {"circuits": ["A"]}, Plant(1, start=1_700_000_000), **settings)  # type: ignore[arg-type]
        simulator.start()
        running.append(simulator)
        return simulator

    yield start
    for simulator in running:
        simulator.stop()


@pytest.fixture
def silent_ports() -> Iterator[list[int]]:
    """Thirty ports that take connections and never say a word."""
    with ExitStack() as ending:
        listening = [ending.enter_context(socket.socket()) for _ in range(30)]
        for each in listening:
            each.bind(("127.0.0.1", 0))
            each.listen(5)
        yield [each.getsockname()[1] for each in listening]
