"""A write is right to the byte, sent once, or not at all."""

from __future__ import annotations

import math

import pytest

from drivers.errors import BadAnswer, DriverError, OutOfRange, Refused, Unreachable
from drivers.sensor import Sensor, Write
from tests.drivers.conftest import MakeDriver
from tests.drivers.house import OUTSIDE
from tests.drivers.small_models import a_model, a_sensor
from tests.servers import (
    Behaviour,
    ModbusServer,
    exception,
    hang_up,
    shifted,
    silence,
    stop_midway,
)

pytestmark = pytest.mark.usefixtures("house")

SHORT_S = 0.3


TARGET = a_sensor(
    "temp_hot_water_target",
    1032,
    "float32",
    word_order="little",
    write=Write(wear="eeprom", minimum=35.0, maximum=60.0),
)
CURVE = a_sensor("heating_curve", 1034, "int16", scale=0.1, write=Write(wear="eeprom", minimum=-3.0, maximum=3.5))
SWITCH = a_sensor(
    "system_mode",
    1035,
    "uint8",
    states={0: "standby", 1: "automatic", 2: "away"},
    write=Write(wear="eeprom", states=(0, 1), function=6),
)


@pytest.fixture
def settings(server: ModbusServer) -> None:
    server.holding.update({1032: (0, 0), 1034: (0,), 1035: (0,)})


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("sensor", "value", "pdu"),
    [
        (TARGET, 47.5, bytes([16, 0x04, 0x08, 0, 2, 4, 0x00, 0x00, 0x42, 0x3E])),
        (CURVE, -0.5, bytes([16, 0x04, 0x0A, 0, 1, 2, 0xFF, 0xFB])),
        (SWITCH, "automatic", bytes([6, 0x04, 0x0B, 0, 1])),
        (SWITCH, 1, bytes([6, 0x04, 0x0B, 0, 1])),
    ],
)
def test_a_write_puts_exactly_these_bytes_on_the_wire(
    server: ModbusServer, driver_for: MakeDriver, sensor: Sensor, value: float | str, pdu: bytes
) -> None:
    driver = driver_for(a_model(sensor), unit_id=4)
    driver.write(sensor, value)
    assert [request.frame[6:] for request in server.requests] == [b"\x04" + pdu]
    assert driver.read([sensor]).values == {sensor.id: "automatic" if sensor is SWITCH else value}


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("sensor", "value", "reason"),
    [
        (TARGET, 60.5, "above the maximum 60"),
        (TARGET, 34.9, "below the minimum 35"),
        (CURVE, 0.55, "not a multiple of 0.1"),
        (SWITCH, "away", "not one of standby, automatic"),
        (SWITCH, 2, "not one of standby, automatic"),
        *((sensor, value, "not a number") for sensor in (TARGET, CURVE) for value in (math.nan, math.inf, True, "47")),
        (OUTSIDE, 20.0, "cannot be written"),
        (a_sensor("wide", 1032, "float32", write=Write(wear="volatile", function=6)), 1.0, "function 6"),
        (a_sensor("narrow", 1034, "uint8", write=Write(wear="volatile")), 256, "does not fit into uint8"),
    ],
)
def test_a_write_that_we_refuse_never_reaches_the_heat_pump(
    server: ModbusServer, driver_for: MakeDriver, sensor: Sensor, value: float | str, reason: str
) -> None:
    with pytest.raises(OutOfRange, match=reason):
        driver_for(a_model(sensor)).write(sensor, value)
    assert (server.connections, server.requests) == (0, [])


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize("code", [1, 2, 3, 4, 6])
def test_a_write_that_the_heat_pump_refuses_says_so(server: ModbusServer, driver_for: MakeDriver, code: int) -> None:
    driver = driver_for(a_model(TARGET))
    server.script.append(exception(code))
    with pytest.raises(Refused) as refusal:
        driver.write(TARGET, 50.0)
    assert str(refusal.value) == f"temp_hot_water_target: the heat pump refuses 50.0 (exception {code})"
    assert len(server.requests) == 1


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [(silence, Unreachable), (hang_up, Unreachable), (stop_midway, BadAnswer), (shifted("byte_count", 1), BadAnswer)],
)
@pytest.mark.parametrize("sensor", [TARGET, SWITCH], ids=["FC16", "FC6"])
def test_a_write_of_unknown_outcome_is_an_error_and_is_not_repeated(
    server: ModbusServer, driver_for: MakeDriver, sensor: Sensor, behaviour: Behaviour, kind: type[DriverError]
) -> None:
    driver = driver_for(a_model(sensor), timeout_s=SHORT_S)
    driver.read([sensor])
    server.script.append(behaviour)
    with pytest.raises(kind):
        driver.write(sensor, 50.0 if sensor is TARGET else 1)
    assert driver.read([sensor]).values == {sensor.id: 50.0 if sensor is TARGET else "automatic"}
    assert [request.function for request in server.requests] == [3, sensor.write.function if sensor.write else 0, 3]
