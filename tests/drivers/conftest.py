"""What the tests of the drivers share: a server, a clock to turn by hand, and drivers that are closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from drivers.modbus_line import Line, Lines
from drivers.modbus_tcp import ModbusTcp
from drivers.model import Model
from tests.clocks import Clock
from tests.drivers.house import furnish
from tests.drivers.small_models import a_connection
from tests.servers import LOOPBACK, ModbusServer

MakeDriver = Callable[..., ModbusTcp]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lines() -> Lines:
    return Lines()


@pytest.fixture
def server() -> Iterator[ModbusServer]:
    with ModbusServer() as server:
        yield server


@pytest.fixture
def line(server: ModbusServer) -> Iterator[Line]:
    line = Line(LOOPBACK, server.port)
    yield line
    line.close()


@pytest.fixture
def driver_for(server: ModbusServer, lines: Lines, clock: Clock) -> Iterator[MakeDriver]:
    """`driver_for(model, unit_id=…, timeout_s=…)`: a driver for the server, closed when the test ends."""
    made: list[ModbusTcp] = []

    def make(model: Model, **connection: Any) -> ModbusTcp:
        made.append(ModbusTcp(model, a_connection(server, **connection), lines, clock))
        return made[-1]

    yield make
    for driver in made:
        driver.close()


@pytest.fixture
def house(server: ModbusServer) -> ModbusServer:
    """The server, with the registers of tests/drivers/house.py in it."""
    furnish(server)
    return server
