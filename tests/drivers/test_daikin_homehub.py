"""Daikin behind a HomeHub: single writes only, letters for an error, and an independent client agrees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pyModbusTCP.client import ModbusClient

from app.polling.pipeline import storage_of
from drivers.base import Connection, Driver
from drivers.decode import encode
from drivers.derive import Deriving
from drivers.errors import OutOfRange
from drivers.modbus_line import Lines
from drivers.modbus_tcp import ModbusTcp
from drivers.model import Model
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named
from tests.clocks import Clock
from tests.servers import LOOPBACK, ModbusServer

PATIENT_S = 5.0
PINNED = {"temp_outside": -7.5, "error_state": "fault", "error_code": "U4", "temp_hot_water": 48.12}
WINTER = datetime(2024, 1, 15, tzinfo=UTC).timestamp()


@pytest.fixture(scope="module")
def model() -> Model:
    return named("daikin/altherma_homehub")


@pytest.fixture
def hub(model: Model) -> Iterator[ModbusSimulator]:
    with ModbusSimulator(model, {}, Plant(1, start=WINTER), pinned=PINNED, clock=lambda: 0.0) as simulator:
        yield simulator


def a_driver(model: Model, port: int) -> Driver:
    return Deriving(ModbusTcp(model, Connection(LOOPBACK, port, 1, PATIENT_S), Lines(), Clock()), model)


def test_an_independent_client_and_our_driver_read_the_same(model: Model, hub: ModbusSimulator) -> None:
    client = ModbusClient(LOOPBACK, hub.port, unit_id=1)
    assert client.read_input_registers(20, 2) == [1, 0x5534]
    assert client.read_input_registers(42, 2) == [4812, 0x10000 - 750]
    client.close()
    driver = a_driver(model, hub.port)
    answer = driver.read([model.every_sensor[each] for each in PINNED])
    driver.close()
    assert (answer.values, answer.problems) == (PINNED, {})


def test_a_poll_needs_ten_reads_and_lacks_nothing(model: Model, hub: ModbusSimulator) -> None:
    driver = a_driver(model, hub.port)
    answer = driver.read(model.sensors({}))
    driver.close()
    assert answer.requests <= 10
    assert answer.problems == {}


@pytest.mark.parametrize(
    ("sensor_id", "value", "frame"),
    [
        ("temp_hot_water_target", 48, "060009" + "0030"),
        ("heating_curve_shift", -3, "060035" + "fffd"),
        ("power_limit", 4.2, "060039" + "01a4"),
        ("smart_grid_state", "recommended_on", "060037" + "0002"),
    ],
)
def test_every_write_is_a_single_one(
    model: Model, server: ModbusServer, sensor_id: str, value: float | str, frame: str
) -> None:
    sensor = model.every_sensor[sensor_id]
    server.holding[sensor.at] = (0,)
    driver = a_driver(model, server.port)
    driver.write(sensor, value)
    driver.close()
    assert server.requests[-1].frame[7:].hex() == frame


@pytest.mark.parametrize(
    ("sensor_id", "value"),
    [("temp_hot_water_target", 48.5), ("temp_hot_water_target", 61), ("power_limit", 20.01), ("error_code", "U4")],
)
def test_a_write_that_the_catalogue_does_not_allow_never_reaches_the_hub(
    model: Model, hub: ModbusSimulator, sensor_id: str, value: float | str
) -> None:
    driver = a_driver(model, hub.port)
    with pytest.raises(OutOfRange):
        driver.write(model.every_sensor[sensor_id], value)
    assert hub.requests == 0


@pytest.mark.parametrize("text", ["", "U", "U44", "Ü", "Ü4"])
def test_only_two_ascii_letters_fit_into_a_word(model: Model, text: str) -> None:
    with pytest.raises(OutOfRange, match="ascii2"):
        encode(model.every_sensor["error_code"], text)


def test_the_error_code_is_a_state_and_kept_as_a_text(model: Model) -> None:
    assert model.every_sensor["error_code"].kind == "state"
    assert storage_of(model.every_sensor["error_code"]) == "text"
