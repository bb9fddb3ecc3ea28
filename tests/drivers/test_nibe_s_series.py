"""NIBE's S-series: an independent client and our driver agree, and the words of a write go the other way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from nibe.coil import CoilData
from nibe.connection.modbus import Modbus
from nibe.exceptions import CoilNotFoundException, ReadIOException, WriteIOException
from nibe.heatpump import HeatPump
from nibe.heatpump import Model as NibeModel

from drivers.base import Connection
from drivers.derive import Deriving
from drivers.errors import OutOfRange
from drivers.modbus_line import Lines
from drivers.modbus_tcp import ModbusTcp
from drivers.model import Model
from drivers.sensor import Tier
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named
from tests.clocks import Clock
from tests.servers import LOOPBACK, ModbusServer

T = TypeVar("T")
PATIENT_S = 5.0
PINNED = {
    "temp_outside": -7.5,
    "compressor_starts": 75_536,
    "energy_electric_total": 9_695.9,
    "priority": "hot_water",
    "error_code": 183,
}
WINTER = datetime(2024, 1, 15, tzinfo=UTC).timestamp()


@pytest.fixture(scope="module")
def model() -> Model:
    return named("nibe/s_series")


@pytest.fixture
def pump(model: Model) -> Iterator[ModbusSimulator]:
    simulator = ModbusSimulator(model, {}, Plant(1, start=WINTER), pinned=PINNED, with_optional=True, clock=lambda: 0.0)
    with simulator:
        yield simulator


@pytest.fixture
def driver(model: Model, pump: ModbusSimulator) -> Iterator[ModbusTcp]:
    driver = ModbusTcp(model, Connection(LOOPBACK, pump.port, 1, PATIENT_S), Lines(), Clock())
    yield driver
    driver.close()


def with_the_nibe_library(port: int, work: Callable[[HeatPump, Modbus], Coroutine[Any, Any, T]]) -> T:
    async def run() -> T:
        heat_pump = HeatPump(NibeModel.S1255)
        heat_pump.word_swap = True
        await heat_pump.initialize()
        connection = Modbus(heat_pump, f"tcp://{LOOPBACK}:{port}", slave_id=1)
        try:
            return await work(heat_pump, connection)
        finally:
            await connection.stop()

    # in a thread of its own: the browser tests leave an event loop running in this one
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(run())).result()


def read_by_nibe(port: int, *addresses: int) -> list[object]:
    async def work(heat_pump: HeatPump, connection: Modbus) -> list[object]:
        return [(await connection.read_coil(heat_pump.get_coil_by_address(each))).value for each in addresses]

    return with_the_nibe_library(port, work)


def write_by_nibe(port: int, address: int, value: float | str) -> None:
    async def work(heat_pump: HeatPump, connection: Modbus) -> None:
        await connection.write_coil(CoilData(heat_pump.get_coil_by_address(address), value))

    with_the_nibe_library(port, work)


def test_the_nibe_library_reads_what_our_simulator_holds(pump: ModbusSimulator) -> None:
    values = read_by_nibe(pump.port, 30002, 31084, 33824, 31029, 31976)
    assert values == [-7.5, 75_536, 9_695.9, "HOT WATER", 183]


def test_the_nibe_library_and_our_driver_read_the_same(model: Model, pump: ModbusSimulator, driver: ModbusTcp) -> None:
    sensors = [each for each in model.registers.values() if each.readable and not each.states and not each.part]
    ours = driver.read(sensors).values

    async def work(heat_pump: HeatPump, connection: Modbus) -> dict[str, tuple[object, float]]:
        theirs: dict[str, tuple[object, float]] = {}
        for sensor in sensors:
            address = sensor.at + (30_001 if sensor.table == "input" else 40_001)
            try:
                coil = heat_pump.get_coil_by_address(address)
            except CoilNotFoundException:  # the library knows only what an S1255 lists
                continue
            if not coil.has_mappings:
                theirs[sensor.id] = (await connection.read_coil(coil)).value, 1 / coil.factor
        return theirs

    theirs = with_the_nibe_library(pump.port, work)
    assert len(theirs) > 100
    for sensor in sensors:
        if sensor.id in theirs:
            value, step = theirs[sensor.id]
            expected = None if value is None else pytest.approx(float(str(value)) * sensor.scale / step)
            assert ours[sensor.id] == expected, sensor.id


@pytest.mark.parametrize(
    ("address", "sensor_id", "value"),
    [
        (40012, "degree_minutes_32", -123.4),
        (40012, "degree_minutes_32", 3000.0),
        (40019, "degree_minutes", -60.0),
        (40031, "heating_offset", -4),
        (40027, "heating_curve", 7),
        (40207, "temp_room_target", 21.5),
    ],
)
def test_what_the_nibe_library_writes_our_driver_reads(
    model: Model, pump: ModbusSimulator, driver: ModbusTcp, address: int, sensor_id: str, value: float
) -> None:
    write_by_nibe(pump.port, address, value)
    assert driver.read([model.every_sensor[sensor_id]]).values == {sensor_id: value}


@pytest.mark.parametrize(
    ("sensor_id", "value", "address", "read"),
    [
        ("degree_minutes_32", -123.4, 40012, -123.4),
        ("degree_minutes_32", 0.0, 40012, 0.0),
        ("heating_offset", -4, 40031, -4),
        ("temp_room_target", 21.5, 40207, 21.5),
        ("system_mode", "manual", 40238, "MANUAL"),
        ("smart_grid_request", "free_power", 46009, 3),
    ],
)
def test_what_our_driver_writes_the_nibe_library_reads(
    model: Model,
    pump: ModbusSimulator,
    driver: ModbusTcp,
    sensor_id: str,
    value: float | str,
    address: int,
    read: object,
) -> None:
    driver.write(model.every_sensor[sensor_id], value)
    assert read_by_nibe(pump.port, address) == [read]
    assert driver.read([model.every_sensor[sensor_id]]).values == {sensor_id: value}


@pytest.mark.parametrize(
    ("sensor_id", "value", "words"),
    [
        ("degree_minutes_32", -60.0, "fffffda8"),  # high word first
        ("heating_offset", -4, "fffc"),  # a negative byte fills its word
        ("heating_curve", 7, "0007"),
        ("degree_minutes", -60.0, "fda8"),
    ],
)
def test_a_write_has_its_high_word_first_and_its_sign_in_every_bit(
    model: Model, server: ModbusServer, sensor_id: str, value: float, words: str
) -> None:
    sensor = model.every_sensor[sensor_id]
    server.holding[sensor.at] = (0,) * sensor.words
    driver = ModbusTcp(model, Connection(LOOPBACK, server.port, 1, PATIENT_S), Lines(), Clock())
    driver.write(sensor, value)
    driver.close()
    assert server.requests[-1].frame[13:].hex() == words


def test_a_write_outside_the_limits_never_reaches_the_heat_pump(
    model: Model, pump: ModbusSimulator, driver: ModbusTcp
) -> None:
    for sensor_id, value in (("heating_curve", 16), ("degree_minutes", -3000.1), ("hot_water_mode", 3), ("fuse", 16)):
        with pytest.raises(OutOfRange):
            driver.write(model.every_sensor[sensor_id], value)
    assert pump.requests == 0


def test_what_is_not_there_or_not_for_writing_is_refused(model: Model) -> None:
    with ModbusSimulator(model, {}, Plant(1, start=WINTER)) as bare:
        with pytest.raises(ReadIOException):
            read_by_nibe(bare.port, 30028)
        with pytest.raises(WriteIOException):
            write_by_nibe(bare.port, 40226, 60)
        assert read_by_nibe(bare.port, 31101)[0] in ("OFF", "ON")


def _reads(driver: ModbusTcp, model: Model, *tiers: Tier) -> int:
    return Deriving(driver, model).read(model.sensors({}, tiers)).requests


def test_a_poll_of_a_full_machine_needs_32_reads_and_one_with_all_settings_111(model: Model, driver: ModbusTcp) -> None:
    assert _reads(driver, model, "fast") <= 32
    assert _reads(driver, model, "fast", "slow") <= 111


def test_what_a_machine_lacks_is_asked_for_once(model: Model) -> None:
    with ModbusSimulator(model, {}, Plant(1, start=WINTER)) as bare:
        driver = ModbusTcp(model, Connection(LOOPBACK, bare.port, 1, PATIENT_S), Lines(), Clock())
        first, second = (_reads(driver, model, "fast", "slow") for _ in range(2))
        driver.close()
    assert first <= 150
    assert second <= 80


def test_holding_registers_are_read_slowly(model: Model) -> None:
    assert {sensor.tier for sensor in model.registers.values() if sensor.table == "holding"} == {"slow"}


def test_values_of_the_past_hour_are_no_counters(model: Model) -> None:
    hourly = [sensor for sensor in model.every_sensor.values() if sensor.id.endswith("_last_hour")]
    assert len(hourly) == 8
    assert {sensor.kind for sensor in hourly} == {"number"}


def test_a_setting_that_two_sources_do_not_agree_on_is_unconfirmed(model: Model) -> None:
    assert not model.every_sensor["cooling_curve"].confirmed
    assert model.every_sensor["heating_offset"].confirmed
