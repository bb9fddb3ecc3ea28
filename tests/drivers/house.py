"""A small house on the loopback: five sensors in three blocks, and what they truly hold."""

from __future__ import annotations

from collections.abc import Callable

from drivers.sensor import Sensor
from tests.drivers.small_models import a_sensor
from tests.servers import ModbusServer, Request

OUTSIDE = a_sensor("temp_outside", 1000, "float32", word_order="little")
FLOW = a_sensor("temp_flow", 1002, "int16", scale=0.1)
MODE = a_sensor("operating_mode", 1003, "uint8", states={0: "off", 1: "heating", 2: "hot_water"})
STARTS = a_sensor("compressor_starts", 1100, "uint32")
RETURN = a_sensor("temp_return", 20, "int16", scale=0.1, table="input")
HOUSE = (OUTSIDE, FLOW, MODE, STARTS, RETURN)
TRUE_VALUES = {
    "temp_outside": 20.78248,
    "temp_flow": -0.5,
    "operating_mode": "hot_water",
    "compressor_starts": 65538,
    "temp_return": 31.5,
}
BLOCKS = [(1000, 4), (1100, 2), (20, 1)]


def furnish(server: ModbusServer) -> None:
    """Put the house's registers into this machine."""
    server.holding.update({1000: (0x4285, 0x41A6), 1002: (0xFFFB,), 1003: (0xFF02,), 1100: (1, 2)})
    server.inputs[20] = (315,)


def words_at(server: ModbusServer, first: int, last: int) -> tuple[Sensor, ...]:
    """Put a register with its own address as its value on every place, and return their sensors."""
    server.holding.update({at: (at,) for at in range(first, last + 1)})
    return tuple(a_sensor(f"at_{at}", at) for at in range(first, last + 1))


def covers(at: int) -> Callable[[Request], bool]:
    return lambda request: request.at <= at < request.at + request.count


def longer_than(words: int) -> Callable[[Request], bool]:
    return lambda request: request.count > words


def asked_by(server: ModbusServer, read: Callable[[], object]) -> list[tuple[int, int]]:
    """The (address, count) of the requests that this read causes."""
    before = len(server.requests)
    read()
    return server.asked()[before:]
