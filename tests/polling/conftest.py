"""What the tests of polling share: simulated heat pumps, a system that polls them, and a house that is watched."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.config import Config
from app.services import heatpumps
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named
from tests.polling.watched_house import House


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


@pytest.fixture
def polling(tmp_path: Path) -> Iterator[System]:
    """A running system that polls every second."""
    system = assemble(Config(tmp_path, interval=1, slow_interval=3))
    system.start()
    yield system
    system.stop(5)


def add(system: System, port: int, **connection: object) -> HeatPump:
    """An iDM that answers there, or does not."""
    return heatpumps.add(
        system,
        {
            "name": f"at {port}",
            "manufacturer": "idm",
            "model": "navigator_2_0",
            "connection_config": {"host": "127.0.0.1", "port": port, "timeout": 0.5} | connection,
        },
    )


@pytest.fixture
def house(tmp_path: Path, idm: dict[str, object]) -> Iterator[House]:
    system = assemble(Config(tmp_path))
    pump = heatpumps.add(system, idm | {"enabled": True})
    made = House(system, pump)
    system.clock = lambda: made.now
    yield made
    made.system.database.close()
