"""Stiebel Eltron behind an ISG: an independent client and our driver agree, and an LWZ is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from pystiebeleltron import (
    ControllerModel,
    EnergyManagementSettingsRegisters,
    IsgRegisters,
    StiebelEltronAPI,
    get_controller_model,
)
from pystiebeleltron.wpm import WpmStiebelEltronAPI, WpmSystemParametersRegisters

from drivers.base import Connection, Driver
from drivers.errors import BadAnswer, OutOfRange
from drivers.model import Model
from drivers.registry import Drivers
from drivers.sensor import Sensor, Tier
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named
from tests.clocks import Clock
from tests.servers import LOOPBACK, ModbusServer

T = TypeVar("T")
PATIENT_S = 5.0
WINTER = datetime(2024, 1, 15, tzinfo=UTC).timestamp()
PINNED = {
    "temp_outside": -7.5,
    "flow_rate": 1080.0,
    "energy_heat_heating": 12_456,
    "energy_electric_hot_water": 999,
    "error_code": 36,
    "compressor_on": 1,
    "defrost": 1,
    "temp_hot_water_comfort": 48.5,
    "controller": "wpm_system",
}


@pytest.fixture(scope="module")
def model() -> Model:
    return named("stiebel_eltron/wpm")


@pytest.fixture
def isg(model: Model) -> Iterator[ModbusSimulator]:
    plant = Plant(1, start=WINTER)
    with ModbusSimulator(model, model.default_options(), plant, pinned=PINNED, clock=lambda: 0.0) as simulator:
        yield simulator


@pytest.fixture
def driver(model: Model, isg: ModbusSimulator) -> Iterator[Driver]:
    driver = a_driver(model, isg.port)
    yield driver
    driver.close()


def a_driver(model: Model, port: int) -> Driver:
    return Drivers(Clock()).open(model, Connection(LOOPBACK, port, 1, PATIENT_S))


def in_a_loop_of_its_own(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """In another thread: the browser tests leave an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(work())).result()


def with_the_library(port: int, work: Callable[[StiebelEltronAPI], Coroutine[Any, Any, T]]) -> T:
    async def run() -> T:
        client = WpmStiebelEltronAPI(LOOPBACK, port)
        await client.connect()
        try:
            return await work(client)
        finally:
            await client.close()

    return in_a_loop_of_its_own(run)


def read_by_the_library(port: int) -> dict[IsgRegisters, float | int | None]:
    async def work(client: StiebelEltronAPI) -> dict[IsgRegisters, float | int | None]:
        await client.async_update()
        return dict(client._data)

    return with_the_library(port, work)


def test_the_library_recognises_our_simulator(isg: ModbusSimulator) -> None:
    async def ask() -> ControllerModel:
        return await get_controller_model(LOOPBACK, isg.port)

    assert in_a_loop_of_its_own(ask) is ControllerModel.WPMsystem


def test_the_library_reads_whole_blocks_of_our_simulator(isg: ModbusSimulator) -> None:
    theirs = {register.value: value for register, value in read_by_the_library(isg.port).items()}
    assert theirs[507] == pytest.approx(-7.5)
    assert theirs[511] is None  # circuit 2 is not there
    assert theirs[2507] == 36
    assert theirs[1510] == pytest.approx(48.5)
    assert theirs[103_502] == 12_456
    assert theirs[103_515] == 999
    status = theirs[2501]
    assert isinstance(status, int)
    assert (status >> 6 & 1, status >> 9 & 1, status >> 8 & 1) == (1, 1, 0)


def test_the_library_and_our_driver_read_the_same(model: Model, isg: ModbusSimulator, driver: Driver) -> None:
    everything = {name: option.choices for name, option in model.options.items()}
    sensors = [sensor for sensor in model.sensors(everything) if sensor.bit is None and sensor.derived is None]
    ours = driver.read(sensors).values
    theirs = {register.value: value for register, value in read_by_the_library(isg.port).items()}
    compared = 0
    for sensor in sensors:
        key = sensor.at + (100_001 if sensor.type == "thousands" else 1)
        if key not in theirs or sensor.optional or sensor.absent == {-32768, -28672}:
            continue
        compared += 1
        value = theirs[key]
        expected = None if value is None else shown(sensor, value)
        assert ours[sensor.id] == expected, sensor.id
    assert compared > 200


def shown(sensor: Sensor, number: float) -> object:
    if sensor.states:
        return sensor.states.get(round(number), str(round(number)))
    return pytest.approx(number * (60 if sensor.unit == "l/h" else 1))


@pytest.mark.parametrize(
    ("register", "value", "sensor_id", "read"),
    [
        (WpmSystemParametersRegisters.OPERATING_MODE, 4, "system_mode", "eco"),
        (EnergyManagementSettingsRegisters.SG_READY_INPUT_1, 1, "sg_ready_input_1", 1),
    ],
)
def test_what_the_library_writes_our_driver_reads(
    register: IsgRegisters, value: float, sensor_id: str, read: object, model: Model, isg: ModbusSimulator
) -> None:
    async def work(client: StiebelEltronAPI) -> None:
        await client.write_register_value(register, value)

    with_the_library(isg.port, work)
    driver = a_driver(model, isg.port)
    assert driver.read([model.every_sensor[sensor_id]]).values == {sensor_id: read}
    driver.close()


def settings() -> list[str]:
    model = named("stiebel_eltron/wpm")
    return [sensor.id for sensor in model.every_sensor.values() if sensor.write]


@pytest.mark.parametrize("sensor_id", settings())
def test_every_setting_is_written_with_function_6_and_read_back(
    sensor_id: str, model: Model, server: ModbusServer
) -> None:
    sensor = model.every_sensor[sensor_id]
    assert sensor.write is not None
    server.inputs[5001] = (390,)
    server.holding[sensor.at] = (0,)
    driver = a_driver(model, server.port)
    values = sensor.write.states or (sensor.write.minimum, sensor.write.maximum)
    for value in values:
        assert value is not None
        driver.write(sensor, value)
        assert server.requests[-1].frame[7] == 6
        assert driver.read([sensor]).values == {sensor_id: sensor.states.get(value, value)}
    if sensor.write.maximum is not None:
        asked = len(server.requests)
        with pytest.raises(OutOfRange):
            driver.write(sensor, sensor.write.maximum + sensor.scale)
        assert len(server.requests) == asked
    driver.close()


@pytest.mark.parametrize("code", [103, 104, 551])
def test_a_machine_of_the_lwz_family_is_neither_read_nor_written_to(
    code: int, model: Model, server: ModbusServer
) -> None:
    server.inputs.update({506: (70,), 5001: (code,)})
    server.holding[1509] = (480,)
    driver = a_driver(model, server.port)
    for attempt in (
        lambda: driver.read([model.every_sensor["temp_outside"]]),
        lambda: driver.write(model.every_sensor["temp_hot_water_comfort"], 50.0),
    ):
        with pytest.raises(BadAnswer, match="LWZ"):
            attempt()
    driver.close()
    assert set(server.asked()) == {(5001, 1)}
    assert server.holding[1509] == (480,)


@pytest.mark.parametrize("code", [0x8000, 459])
def test_an_unknown_controller_is_read_and_not_written_to(code: int, model: Model, server: ModbusServer) -> None:
    server.inputs.update({506: (70,), 5001: (code,)})
    server.holding[1509] = (480,)
    driver = a_driver(model, server.port)
    assert driver.read([model.every_sensor["temp_outside"]]).values == {"temp_outside": 7.0}
    with pytest.raises(OutOfRange, match="does not say"):
        driver.write(model.every_sensor["temp_hot_water_comfort"], 50.0)
    driver.close()
    assert server.holding[1509] == (480,)


def test_a_block_that_most_controllers_refuse_costs_nothing_but_itself(model: Model, isg: ModbusSimulator) -> None:
    driver = a_driver(model, isg.port)
    first, second = (driver.read(model.sensors(model.default_options())) for _ in range(2))
    driver.close()
    assert all(model.every_sensor[sensor_id].optional for sensor_id in first.problems)
    assert first.requests > 30 > 10 >= second.requests
    assert second.values["temp_outside"] == -7.5


@pytest.mark.parametrize(("tiers", "registers", "reads"), [(("fast",), 109, 4), (("fast", "slow"), 161, 6)])
def test_what_every_controller_answers_needs_few_reads(
    tiers: tuple[Tier, ...], registers: int, reads: int, model: Model, driver: Driver
) -> None:
    sensors = [each for each in model.sensors(model.default_options(), tiers) if not each.optional and not each.derived]
    assert len(sensors) == registers
    assert driver.read(sensors).requests == reads


@pytest.mark.parametrize(
    ("pinned", "mode"),
    [
        ({"compressor_on": 1, "runs_for_heating": 1}, "heating"),
        ({"compressor_on": 1, "runs_for_hot_water": 1}, "hot_water"),
        ({"compressor_on": 1, "runs_for_heating": 1, "defrost": 1}, "defrost"),
        ({"compressor_on": 0, "backup_heater": 1}, "standby"),
        ({"compressor_on": 1, "runs_for_heating": 1, "error_state": "fault"}, "fault"),
    ],
)
def test_the_operating_mode_follows_from_the_status_bits(
    pinned: dict[str, float | str], mode: str, model: Model
) -> None:
    bits = {"compressor_on": 0, "runs_for_heating": 0, "runs_for_hot_water": 0, "defrost": 0, "backup_heater": 0}
    plant = Plant(1, start=WINTER)
    with ModbusSimulator(model, {}, plant, pinned=bits | pinned, clock=lambda: 0.0) as simulator:  # type: ignore[arg-type]
        driver = a_driver(model, simulator.port)
        answer = driver.read([model.every_sensor["operating_mode"]])
        driver.close()
    assert answer.values == {"operating_mode": mode}


def test_a_machine_of_newer_firmware_is_read_with_everything(model: Model) -> None:
    everything = {name: option.choices for name, option in model.options.items()}
    with ModbusSimulator(model, everything, Plant(1, start=WINTER), with_optional=True) as full:
        driver = a_driver(model, full.port)
        answer = driver.read(model.sensors(everything))
        driver.close()
    assert answer.problems == {}
    assert answer.requests <= 30


def test_half_a_pair_is_no_energy(model: Model, server: ModbusServer) -> None:
    server.inputs.update({5001: (390,), 3501: (456,), 3502: (0x8000,)})
    driver = a_driver(model, server.port)
    assert driver.read([model.every_sensor["energy_heat_heating"]]).values == {"energy_heat_heating": None}
    driver.close()


def test_a_rest_of_a_whole_mwh_is_no_energy(model: Model, server: ModbusServer) -> None:
    server.inputs.update({5001: (390,), 3501: (1000,), 3502: (12,)})
    driver = a_driver(model, server.port)
    answer = driver.read([model.every_sensor["energy_heat_heating"]])
    driver.close()
    assert answer.values == {"energy_heat_heating": None}
    assert "12 × 1000 + 1000" in str(answer.problems["energy_heat_heating"])


def test_what_resets_the_controller_is_not_offered(model: Model) -> None:
    places = {sensor.at for sensor in model.every_sensor.values() if sensor.table == "holding"}
    assert places.isdisjoint({1519, 1520})


def test_sg_ready_inputs_are_refreshed_and_fall_back_to_normal(model: Model) -> None:
    for sensor_id in ("sg_ready_input_1", "sg_ready_input_2"):
        write = model.every_sensor[sensor_id].write
        assert write is not None
        assert (write.wear, write.refresh_s, write.neutral) == ("volatile", 30, 0)
