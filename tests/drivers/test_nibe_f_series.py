"""NIBE's F-series through MODBUS 40: independent clients and our driver agree, on Modbus TCP and on RTU over TCP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import pytest
from async_modbus import modbus_for_url
from nibe.connection.encoders import CoilDataEncoderModbus
from nibe.heatpump import HeatPump
from nibe.heatpump import Model as NibeModel
from pyModbusTCP.client import ModbusClient

from drivers.base import Connection
from drivers.errors import OutOfRange, Refused
from drivers.identification import Identification
from drivers.modbus_line import Line, Lines
from drivers.modbus_tcp import ModbusTcp
from drivers.model import Framing, Model
from drivers.registry import Drivers
from drivers.sensor import PRODUCT, Sensor
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named
from tests.clocks import Clock
from tests.rtu_server import RtuServer
from tests.servers import LOOPBACK

PATIENT_S = 5.0
WINTER = datetime(2024, 1, 15, tzinfo=UTC).timestamp()
PINNED = {
    "temp_outside": -7.5,
    "compressor_starts": 75_536,
    "energy_heat_heating": 9_695.9,
    "priority": "hot_water",
    "error_code": 183,
    "temp_source_in": -3.2,
}
LISTS = {
    "F1145": "f1145_f1245",
    "F1245": "f1145_f1245",
    "F1155": "f1155_f1255",
    "F1255": "f1155_f1255",
    "F1345": "f1345",
    "F1355": "f1355",
    "F370": "f370_f372_f470",
    "F372": "f370_f372_f470",
    "F470": "f370_f372_f470",
    "F730": "f730",
    "F750": "f750",
    "SMO20": "smo20",
    "SMO40": "smo40",
    "VVM225": "vvm225_vvm320_vvm325",
    "VVM320": "vvm225_vvm320_vvm325",
    "VVM325": "vvm225_vvm320_vvm325",
    "VVM310": "vvm310_vvm500",
    "VVM500": "vvm310_vvm500",
}
"""The product, and the list of the nibe library that it is in."""

SIZES = {"s8": "int8", "u8": "uint8", "s16": "int16", "u16": "uint16", "s32": "int32", "u32": "uint32"}
WITH_CIRCUITS = {"circuits": ("2", "3", "4")}
TYPES_DIFFER = {47377}
"""Registers whose type is not the same in every list; they are never written."""


@pytest.fixture(scope="module")
def model() -> Model:
    return named("nibe/f_series")


@pytest.fixture(params=["tcp", "rtu"])
def framing(request: pytest.FixtureRequest) -> Framing:
    framing: Framing = request.param
    return framing


@pytest.fixture(params=["low_word_first", "high_word_first"])
def word_order(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def pump(model: Model, framing: Framing, word_order: str) -> Iterator[ModbusSimulator]:
    pinned = PINNED | {"word_order_32_bits": word_order}
    plant = Plant(1, start=WINTER)
    with ModbusSimulator(
        model, {}, plant, pinned=pinned, with_optional=True, framing=framing, clock=lambda: 0.0
    ) as simulator:
        yield simulator


@pytest.fixture
def driver(model: Model, pump: ModbusSimulator, framing: Framing) -> Iterator[ModbusTcp]:
    driver = ModbusTcp(model, Connection(LOOPBACK, pump.port, 1, PATIENT_S, framing=framing), Lines(), Clock())
    yield driver
    driver.close()


def words_by_another_client(framing: Framing, port: int, places: list[tuple[int, int]]) -> list[list[int]]:
    """What a Modbus client that shares no code with ours reads."""
    if framing == "tcp":
        client = ModbusClient(LOOPBACK, port, unit_id=1, timeout=PATIENT_S, auto_open=True)
        try:
            return [client.read_holding_registers(at, count) or [] for at, count in places]
        finally:
            client.close()

    async def work() -> list[list[int]]:
        other = modbus_for_url(f"serial-tcp://{LOOPBACK}:{port}", None)
        try:
            return [
                [
                    int(word)
                    for word in await other.read_holding_registers(slave_id=1, starting_address=at, quantity=count)
                ]
                for at, count in places
            ]
        finally:
            await other.stream.close()

    with ThreadPoolExecutor(1) as thread:  # the browser tests leave an event loop running in this one
        return thread.submit(lambda: asyncio.run(work())).result()


def lists() -> dict[str, Mapping[str, Any]]:
    return {
        product: json.loads((files("nibe.data") / f"{name}.json").read_text(encoding="utf-8"))
        for product, name in LISTS.items()
    }


def readable(model: Model, product: str) -> list[Sensor]:
    found = model.sensors({PRODUCT: [product], **WITH_CIRCUITS})
    return [sensor for sensor in found if sensor.derived is None]


def registers(model: Model) -> list[Sensor]:
    return [sensor for sensor in model.every_sensor.values() if sensor.derived is None]


def test_the_nibe_library_makes_the_same_of_what_another_client_reads(
    model: Model, pump: ModbusSimulator, driver: ModbusTcp, framing: Framing, word_order: str
) -> None:
    sensors = [each for each in model.sensors({PRODUCT: ["F1255"]}) if not each.states and each.derived is None]
    ours = driver.read(sensors).values
    found = words_by_another_client(framing, pump.port, [(each.at, each.words) for each in sensors])

    async def theirs() -> dict[str, tuple[Any, float]]:
        heat_pump = HeatPump(NibeModel.F1255)
        await heat_pump.initialize()
        encoder = CoilDataEncoderModbus(word_order == "low_word_first")
        coils = {sensor.id: heat_pump.get_coil_by_address(sensor.at) for sensor in sensors}
        return {
            sensor.id: (encoder.decode(coils[sensor.id], words).raw_value, coils[sensor.id].factor)
            for sensor, words in zip(sensors, found, strict=True)
            if not coils[sensor.id].has_mappings and ours[sensor.id] is not None
        }

    with ThreadPoolExecutor(1) as thread:
        made = thread.submit(lambda: asyncio.run(theirs())).result()
    assert len(made) > 50
    for sensor in sensors:
        if sensor.id in made:
            raw, factor = made[sensor.id]
            assert ours[sensor.id] == pytest.approx(raw / factor * (sensor.scale * factor)), sensor.id
    assert {sensor_id: ours[sensor_id] for sensor_id in ours if sensor_id in PINNED} == {
        sensor_id: value for sensor_id, value in PINNED.items() if sensor_id in ours
    }


@pytest.mark.parametrize("product", LISTS)
def test_types_factors_and_limits_are_those_of_nibes_lists(model: Model, product: str) -> None:
    listed = lists()[product]
    for sensor in [each for each in registers(model) if each.of_product({PRODUCT: [product]})]:
        entry = listed.get(str(sensor.at))
        assert entry is not None, f"{sensor.id}: {product} has no {sensor.at}"
        if sensor.at in TYPES_DIFFER:
            assert sensor.write is None
            continue
        assert SIZES[entry["size"]] == sensor.type, sensor.id
        scale = 6 if entry.get("unit") == "l/m" else 1 / entry["factor"]
        assert sensor.scale == pytest.approx(scale), sensor.id
        if sensor.write and not sensor.states and "min" in entry:
            limits = (entry["min"] / entry["factor"], entry["max"] / entry["factor"])
            assert (sensor.write.minimum, sensor.write.maximum) == pytest.approx(limits), sensor.id
        assert sensor.write is None or entry.get("write"), sensor.id


def test_a_product_is_asked_for_every_register_of_its_list_and_no_other(model: Model) -> None:
    known = lists()
    for sensor in registers(model):
        having = {product for product, listed in known.items() if str(sensor.at) in listed}
        assert having == (sensor.products or set(LISTS)), sensor.id


@pytest.mark.parametrize(
    ("product", "there", "missing"),
    [
        ("F750", {"air_flow", "compressor_frequency", "power_compressor"}, {"temp_source_in", "temp_source_out"}),
        ("F1245", {"temp_source_in", "compressor_on"}, {"compressor_frequency", "power_compressor", "air_flow"}),
        ("F1255", {"temp_source_in", "compressor_frequency", "power_compressor"}, {"air_flow", "ventilation_mode"}),
    ],
)
def test_what_a_product_has(model: Model, product: str, there: set[str], missing: set[str]) -> None:
    asked = {sensor.id for sensor in readable(model, product)}
    assert there <= asked
    assert not missing & asked


def test_a_product_that_nobody_named_is_asked_for_everything(model: Model) -> None:
    everything = {sensor.id for sensor in model.every_sensor.values() if sensor.readable}
    assert {sensor.id for sensor in model.sensors(WITH_CIRCUITS)} == everything


@pytest.mark.parametrize(
    ("sensor_id", "value"),
    [
        ("heating_curve", 7),
        ("heating_offset", -4),
        ("temp_room_target", 21.5),
        ("degree_minutes", -123.4),
        ("degree_minutes_32", -123.4),
        ("degree_minutes_32", 3000.0),
        ("system_mode", "manual"),
        ("hot_water_boost", "once"),
    ],
)
def test_a_setting_is_written_and_read_back(
    model: Model, pump: ModbusSimulator, driver: ModbusTcp, sensor_id: str, value: float | str
) -> None:
    driver.write(model.every_sensor[sensor_id], value)
    assert driver.read([model.every_sensor[sensor_id]]).values == {sensor_id: value}
    assert pump.readout.value(sensor_id) == value


def test_a_value_outside_the_limits_never_reaches_the_heat_pump(
    model: Model, pump: ModbusSimulator, driver: ModbusTcp
) -> None:
    for sensor_id, value in (("heating_curve", 16), ("degree_minutes", -3000.1), ("hot_water_mode", 3), ("fuse", 16)):
        with pytest.raises(OutOfRange):
            driver.write(model.every_sensor[sensor_id], value)
    assert pump.requests == 0


def test_a_negative_byte_is_written_with_its_sign_in_every_bit(model: Model) -> None:
    sensor = model.every_sensor["heating_offset"]
    with RtuServer({sensor.at: (0,)}) as server:
        driver = ModbusTcp(model, Connection(LOOPBACK, server.port, 1, PATIENT_S, framing="rtu"), Lines(), Clock())
        driver.write(sensor, -4)
        driver.close()
        assert server.requests[-1].frame[6:].hex() == "0110b7a3000102fffc"


def test_the_machine_says_which_product_it_is(model: Model, pump: ModbusSimulator, framing: Framing) -> None:
    found = Drivers().identification(model, Connection(LOOPBACK, pump.port, 1, PATIENT_S, framing=framing))
    assert found == Identification("NIBE", "F1255", "5539")
    assert model.options[PRODUCT].named(found.product) == "F1255"


@pytest.mark.parametrize(
    ("name", "product"),
    [
        ("F1245", "F1245"),
        ("F1255-12 R", "F1255"),
        ("smo 40", "SMO40"),
        ("VVM 320", "VVM320"),
        ("S1255", None),
        ("", None),
    ],
)
def test_a_name_means_a_product(model: Model, name: str, product: str | None) -> None:
    assert model.options[PRODUCT].named(name) == product


@pytest.mark.parametrize("product", ["F750", "F1145"])
def test_the_simulator_is_one_product(model: Model, product: str) -> None:
    with ModbusSimulator(model, {PRODUCT: [product]}, Plant(1, start=WINTER), with_optional=True) as simulator:
        line = Line(LOOPBACK, simulator.port)
        try:
            assert line.identification(1, PATIENT_S).product == product
            with pytest.raises(Refused):
                absent = "temp_source_in" if product == "F750" else "compressor_frequency"
                line.read("holding", model.every_sensor[absent].at, 1, 1, PATIENT_S)
        finally:
            line.close()


def test_modbus_40_knows_three_functions_and_one_value_at_a_time(model: Model) -> None:
    with ModbusSimulator(model, {}, Plant(1, start=WINTER)) as simulator:
        client = ModbusClient(LOOPBACK, simulator.port, unit_id=1, timeout=PATIENT_S, auto_open=True)
        answers = [
            (client.read_input_registers(40004, 1), client.last_except),
            (client.write_single_register(47011, 1), client.last_except),
            (client.read_holding_registers(40012, 2), client.last_except),
            (client.read_holding_registers(40015, 1), 0),
        ]
        client.close()
    assert [code for _, code in answers[:3]] == [1, 1, 3]
    assert answers[3][0] is not None


def test_a_machine_of_another_maker_does_not_say_what_it_is() -> None:
    other = named("nibe/s_series")
    with ModbusSimulator(other, {}, Plant(1, start=WINTER)) as simulator:
        line = Line(LOOPBACK, simulator.port)
        try:
            with pytest.raises(Refused):
                line.identification(1, PATIENT_S)
        finally:
            line.close()


def test_what_one_product_lacks_is_asked_for_once(model: Model) -> None:
    with ModbusSimulator(model, {PRODUCT: ["F750"]}, Plant(1, start=WINTER), with_optional=True) as simulator:
        driver = ModbusTcp(model, Connection(LOOPBACK, simulator.port, 1, PATIENT_S), Lines(), Clock())
        first, second = (driver.read([each for each in model.sensors({}) if each.derived is None]) for _ in range(2))
        driver.close()
    assert first.requests - second.requests == len(first.problems)
    assert "temp_source_in" in second.problems
    assert second.requests == len(readable(model, "F750")) - 3 * len(
        [each for each in model.every_sensor if each.endswith("_circuit_2")]
    )


def test_a_setting_that_only_nibes_own_list_knows_is_unconfirmed(model: Model) -> None:
    assert not model.every_sensor["cooling_offset"].confirmed
    assert model.every_sensor["heating_offset"].confirmed


def test_fields_of_a_code_that_the_lists_disagree_about_are_never_written(model: Model) -> None:
    for sensor_id in ("cooling_with_room_sensor", "automatic_filter_time", "fuse", "word_order_32_bits"):
        assert model.every_sensor[sensor_id].write is None


def test_the_word_order_of_the_catalogue_is_what_most_machines_have(model: Model) -> None:
    order = model.every_sensor["word_order_32_bits"]
    assert order.default == 1
    assert {sensor.word_order for sensor in registers(model)} == {"little"}
    assert replace(order, states={}).write is None
