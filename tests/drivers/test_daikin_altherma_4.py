"""Daikin's Altherma 4: registers written one by one, coils, discrete inputs; and a HomeHub is none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pyModbusTCP.client import ModbusClient

from drivers.base import Connection, Driver
from drivers.errors import BadAnswer, OutOfRange
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
    "error_state": "fault",
    "error_code": "U4",
    "temp_hot_water": 48.12,
    "defrost": 1,
    "backup_relay_3": 1,
    "power_limit_accepted": 1,
    "hot_water_on": 1,
    "main_zone_on": 0,
}
ZONE = {"zones": ("2",)}
WINTER = datetime(2024, 1, 15, tzinfo=UTC).timestamp()


def the_model(name: str = "daikin/altherma_4") -> Model:
    return named(name)


SETTINGS = [sensor.id for sensor in the_model().every_sensor.values() if sensor.write]


@pytest.fixture(scope="module")
def model() -> Model:
    return the_model()


@pytest.fixture
def machine(model: Model) -> Iterator[ModbusSimulator]:
    with ModbusSimulator(model, {}, Plant(1, start=WINTER), pinned=PINNED, clock=lambda: 0.0) as simulator:
        yield simulator


def a_driver(model: Model, port: int) -> Driver:
    return Drivers(Clock()).open(model, Connection(LOOPBACK, port, 1, PATIENT_S))


def test_an_independent_client_and_our_driver_read_the_same(model: Model, machine: ModbusSimulator) -> None:
    client = ModbusClient(LOOPBACK, machine.port, unit_id=1)
    assert client.read_input_registers(20, 2) == [1, 0x5534]
    assert client.read_discrete_inputs(16, 1) == [True]
    bits = client.read_discrete_inputs(0, 26)
    assert (bits[3], bits[16], bits[25], bits[2]) == (True, True, True, False)
    assert client.read_coils(0, 2) == [True, False]
    assert client.read_coils(7, 1) is None
    client.close()
    driver = a_driver(model, machine.port)
    answer = driver.read([model.every_sensor[each] for each in PINNED])
    driver.close()
    assert (answer.values, answer.problems) == (PINNED, {})


def test_what_an_independent_client_writes_our_driver_reads(model: Model) -> None:
    with ModbusSimulator(model, {}, Plant(1, start=WINTER)) as machine:
        client = ModbusClient(LOOPBACK, machine.port, unit_id=1)
        assert client.write_single_coil(0, True)
        assert client.write_single_register(9, 55)
        assert not client.write_single_register(9, 5500)
        assert not client.write_single_coil(9, True)
        client.close()
        driver = a_driver(model, machine.port)
        answer = driver.read([model.every_sensor[each] for each in ("hot_water_on", "temp_hot_water_target")])
        driver.close()
    assert answer.values == {"hot_water_on": 1, "temp_hot_water_target": 55}


@pytest.mark.parametrize("sensor_id", SETTINGS)
def test_every_setting_is_a_single_write_and_read_back(sensor_id: str, model: Model, server: ModbusServer) -> None:
    sensor = model.every_sensor[sensor_id]
    assert sensor.write is not None
    server.coils |= {0: 0, sensor.at: 0}
    server.holding[sensor.at] = (0,)
    driver = a_driver(model, server.port)
    for value in sensor.write.states or (sensor.write.minimum, sensor.write.maximum):
        assert value is not None
        driver.write(sensor, value)
        assert server.requests[-1].frame[7] == (5 if sensor.table == "coil" else 6)
        assert driver.read([sensor]).values == {sensor_id: sensor.states.get(value, value)}
    asked = len(server.requests)
    beyond = 9 if sensor.states else (sensor.write.maximum or 0) + (sensor.write.step or sensor.scale)
    with pytest.raises(OutOfRange):
        driver.write(sensor, beyond)
    assert len(server.requests) == asked
    driver.close()


@pytest.mark.parametrize(
    ("sensor_id", "value"),
    [("temp_hot_water_target", 48.5), ("temp_flow_target", 35.5), ("temp_room_target", 21.55), ("hot_water_on", 2)],
)
def test_a_write_between_two_steps_never_reaches_the_machine(
    sensor_id: str, value: float, model: Model, server: ModbusServer
) -> None:
    driver = a_driver(model, server.port)
    with pytest.raises(OutOfRange):
        driver.write(model.every_sensor[sensor_id], value)
    driver.close()
    assert server.requests == []


def test_a_homehub_is_neither_read_nor_written_to(model: Model) -> None:
    with ModbusSimulator(the_model("daikin/altherma_homehub"), {}, Plant(1, start=WINTER)) as hub:
        driver = a_driver(model, hub.port)
        with pytest.raises(BadAnswer, match="HomeHub"):
            driver.read(model.sensors({}))
        with pytest.raises(BadAnswer, match="HomeHub"):
            driver.write(model.every_sensor["temp_hot_water_target"], 50)
        driver.close()


def test_a_poll_with_both_zones_lacks_nothing(model: Model) -> None:
    with ModbusSimulator(model, ZONE, Plant(1, start=WINTER), with_optional=True) as machine:
        driver = a_driver(model, machine.port)
        answer = driver.read(model.sensors(ZONE))
        driver.close()
    assert answer.problems == {}
    assert answer.requests <= 17
