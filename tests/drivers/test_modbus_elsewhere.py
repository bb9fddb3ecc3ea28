"""A quantity that some machines keep elsewhere is found there, at the price of one look per hour."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drivers.modbus_tcp import REPROBE_S
from drivers.sensor import Sensor
from tests.clocks import Clock
from tests.drivers.conftest import MakeDriver
from tests.drivers.house import asked_by, words_at
from tests.drivers.small_models import a_model, a_sensor
from tests.servers import ModbusServer


def keeping(sensor_id: str, at: int, elsewhere: int) -> Sensor:
    first = a_sensor(sensor_id, at, optional=True)
    return replace(first, elsewhere=replace(first, at=elsewhere, type="int16", scale=0.1))


STARTS = keeping("compressor_starts", 200, 300)
HOURS = keeping("compressor_hours", 201, 301)


@pytest.fixture
def certain(server: ModbusServer) -> tuple[Sensor, ...]:
    return words_at(server, 100, 101)


def test_what_is_missing_is_found_elsewhere_and_read_there_from_then_on(
    server: ModbusServer, driver_for: MakeDriver, certain: tuple[Sensor, ...]
) -> None:
    server.holding.update({300: (0xFFFB,), 301: (20,)})
    sensors = [*certain, STARTS, HOURS]
    driver = driver_for(a_model(*sensors))
    asked = asked_by(server, lambda: driver.read(sensors))
    assert asked == [(100, 2), (200, 2), (200, 1), (201, 1), (300, 2)]
    assert asked_by(server, lambda: driver.read(sensors)) == [(100, 2), (300, 2)]
    answer = driver.read(sensors)
    assert answer.values == {"at_100": 100, "at_101": 101, "compressor_starts": -0.5, "compressor_hours": 2.0}
    assert answer.problems == {}


def test_a_machine_that_has_the_first_place_is_never_asked_for_the_other(
    server: ModbusServer, driver_for: MakeDriver, certain: tuple[Sensor, ...]
) -> None:
    server.holding.update({200: (7,), 300: (9,)})
    driver = driver_for(a_model(*certain, STARTS))
    assert asked_by(server, lambda: driver.read([*certain, STARTS])) == [(100, 2), (200, 1)]
    assert driver.read([STARTS]).values == {"compressor_starts": 7}


def test_what_is_in_neither_place_is_left_alone_for_an_hour(
    server: ModbusServer, driver_for: MakeDriver, clock: Clock, certain: tuple[Sensor, ...]
) -> None:
    sensors = [*certain, STARTS]
    driver = driver_for(a_model(*sensors))
    assert asked_by(server, lambda: driver.read(sensors)) == [(100, 2), (200, 1), (300, 1)]
    answer = driver.read(sensors)
    assert (answer.values["compressor_starts"], list(answer.problems), answer.requests) == (
        None,
        ["compressor_starts"],
        1,
    )
    clock.forward(REPROBE_S + 1)
    assert asked_by(server, lambda: driver.read(sensors)) == [(100, 2), (200, 1), (300, 1)]


def test_the_first_place_is_looked_at_again_after_a_firmware_update(
    server: ModbusServer, driver_for: MakeDriver, clock: Clock, certain: tuple[Sensor, ...]
) -> None:
    server.holding[300] = (50,)
    sensors = [*certain, STARTS]
    driver = driver_for(a_model(*sensors))
    assert driver.read(sensors).values["compressor_starts"] == 5.0
    del server.holding[300]
    server.holding[200] = (6,)
    clock.forward(REPROBE_S + 1)
    assert driver.read(sensors).values["compressor_starts"] == 6
