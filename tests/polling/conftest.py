import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from drivers.catalogue import Catalogue
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant


@pytest.fixture
def simulated() -> Iterator[Callable[..., ModbusSimulator]]:
    """Start simulated iDMs: simulated(port=0, pinned={…}); they end with the test."""
    running: list[ModbusSimulator] = []
    model = Catalogue().find("idm", "navigator_2_0")
    assert model is not None

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


def eventually(condition: Callable[[], object], within_s: float = 15.0) -> None:
    """Wait until it is so; the time is generous because the machines that run this are slow at times."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not become so"
        time.sleep(0.02)
