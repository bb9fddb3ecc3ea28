"""Luxtronik's Smart Home Interface: 32 bits high word first, and demands that are volatile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pyModbusTCP.client import ModbusClient

from drivers import recognise
from drivers.base import Connection, Driver
from drivers.errors import OutOfRange
from drivers.model import Model
from drivers.registry import Drivers
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named
from tests.clocks import Clock
from tests.servers import LOOPBACK, ModbusServer

PATIENT_S = 5.0
PINNED = {
    "temp_outside": -7.5,
    "temp_return": 28.4,
    "energy_electric_total": 8126.1,
    "operating_mode": "hot_water",
    "compressor_on": 1,
    "backup_heater": 1,
}
WINTER = datetime(2024, 1, 15, tzinfo=UTC).timestamp()


def the_model() -> Model:
    return named("luxtronik/shi")


SETTINGS = [sensor.id for sensor in the_model().every_sensor.values() if sensor.write]


@pytest.fixture(scope="module")
def model() -> Model:
    return the_model()


@pytest.fixture
def controller(model: Model) -> Iterator[ModbusSimulator]:
    with ModbusSimulator(model, {}, Plant(1, start=WINTER), pinned=PINNED, clock=lambda: 0.0) as simulator:
        yield simulator


def a_driver(model: Model, port: int) -> Driver:
    return Drivers(Clock()).open(model, Connection(LOOPBACK, port, 1, PATIENT_S))


def test_an_independent_client_and_our_driver_read_the_same(model: Model, controller: ModbusSimulator) -> None:
    client = ModbusClient(LOOPBACK, controller.port, unit_id=1)
    assert client.read_input_registers(10100, 1) == [284]
    assert client.read_input_registers(10108, 1) == [0x10000 - 75]
    assert client.read_input_registers(10310, 2) == [0x0001, 0x3D6D]
    assert client.read_input_registers(10000, 1) == [0b101]
    client.close()
    driver = a_driver(model, controller.port)
    assert driver.read([model.every_sensor[each] for each in PINNED]).values == PINNED
    driver.close()


def test_a_machine_is_recognised_by_its_firmware(model: Model, controller: ModbusSimulator) -> None:
    driver = a_driver(model, controller.port)
    verdict = recognise.verdict(model, driver.read(recognise.sensors_that_tell(model)))
    driver.close()
    assert (verdict.says, verdict.exact) == ("fits", 1)


@pytest.mark.parametrize("sensor_id", SETTINGS)
def test_every_demand_is_written_with_function_16_and_read_back(
    sensor_id: str, model: Model, server: ModbusServer
) -> None:
    sensor = model.every_sensor[sensor_id]
    assert sensor.write is not None
    server.holding[sensor.at] = (0,)
    driver = a_driver(model, server.port)
    for value in sensor.write.states or (sensor.write.minimum, sensor.write.maximum):
        assert value is not None
        driver.write(sensor, value)
        assert (server.requests[-1].frame[7], server.requests[-1].at) == (16, sensor.at)
        assert driver.read([sensor]).values == {sensor_id: sensor.states.get(value, value)}
    asked = len(server.requests)
    beyond = 3 if sensor.states else (sensor.write.maximum or 0) + sensor.scale
    with pytest.raises(OutOfRange):
        driver.write(sensor, beyond)
    assert len(server.requests) == asked
    driver.close()


def test_every_demand_is_volatile_and_lapses_to_a_neutral_one(model: Model) -> None:
    for sensor_id in SETTINGS:
        write = model.every_sensor[sensor_id].write
        assert write is not None
        assert write.wear == "volatile", sensor_id
        held = sensor_id != "shi_hot_water_extra"  # falls back by itself
        assert (write.refresh_s == 600, write.neutral is not None) == (held, held), sensor_id


def test_a_level_whose_numbers_nobody_knows_is_only_read(model: Model) -> None:
    levels = [sensor for sensor in model.every_sensor.values() if "_level" in sensor.id]
    assert len(levels) == 6
    assert not any(sensor.write or sensor.states for sensor in levels)


def test_older_firmware_lacks_what_came_later_and_nothing_else(model: Model, server: ModbusServer) -> None:
    for sensor in model.sensors({}):
        if not sensor.optional:
            points = server.inputs if sensor.table == "input" else server.holding
            points |= {sensor.at + place: (0,) for place in range(sensor.words)}
    driver = a_driver(model, server.port)
    first, second = (driver.read(model.sensors({})) for _ in range(2))
    driver.close()
    assert set(first.problems) == {sensor.id for sensor in model.sensors({}) if sensor.optional}
    assert second.requests <= 16
