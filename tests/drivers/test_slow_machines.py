"""A machine that answers one value at a time: single requests, its own word order, and registers that stay silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from drivers.errors import BadAnswer, Unreachable
from drivers.modbus_tcp import REPROBE_S
from drivers.model import Model, Reads, WordOrderTeller
from drivers.sensor import Sensor, Write
from tests.clocks import Clock
from tests.drivers.conftest import MakeDriver
from tests.drivers.house import asked_by
from tests.drivers.small_models import a_model, a_sensor
from tests.servers import ModbusServer, silence

SHORT_S = 0.1
NAMES = ("flow", "return", "tank")
FLOW, RETURN, TANK = (
    a_sensor(f"temp_{name}", at, "int16") for name, at in (("flow", 10), ("return", 11), ("tank", 12))
)
STARTS = a_sensor("compressor_starts", 20, "uint32", word_order="little")
TARGET = a_sensor("target", 30, "int32", word_order="little")
ORDER = a_sensor("order", 99, "uint8", states={0: "high_word_first", 1: "low_word_first"}, absent=frozenset({255.0}))


@pytest.fixture
def model() -> Model:
    return one_by_one(FLOW, RETURN, TANK, STARTS, TARGET, ORDER)


@pytest.fixture
def machine(server: ModbusServer) -> Iterator[ModbusServer]:
    server.holding.update({10: (35,), 11: (30,), 12: (48,), 20: (1, 2), 30: (0, 0), 99: (1,)})
    yield server


def one_by_one(*sensors: Sensor) -> Model:
    reads = Reads(
        2, one_by_one=True, answer_s=SHORT_S, word_order_from=WordOrderTeller("order", {0: "big", 1: "little"})
    )
    return replace(a_model(*sensors), reads=reads)


def test_each_value_has_a_request_of_its_own(machine: ModbusServer, model: Model, driver_for: MakeDriver) -> None:
    driver = driver_for(model)
    assert asked_by(machine, lambda: driver.read([FLOW, RETURN, TANK])) == [(10, 1), (11, 1), (12, 1)]


def test_the_word_order_is_asked_for_once(machine: ModbusServer, model: Model, driver_for: MakeDriver) -> None:
    driver = driver_for(model)
    assert asked_by(machine, lambda: driver.read([FLOW])) == [(10, 1)]
    assert asked_by(machine, lambda: driver.read([STARTS])) == [(99, 1), (20, 2)]
    assert asked_by(machine, lambda: driver.read([STARTS])) == [(20, 2)]


@pytest.mark.parametrize(("code", "value"), [(1, 2 * 65536 + 1), (0, 65536 + 2)])
def test_a_value_of_32_bits_is_read_in_this_machines_order(
    machine: ModbusServer, model: Model, driver_for: MakeDriver, code: int, value: int
) -> None:
    machine.holding[99] = (code,)
    assert driver_for(model).read([STARTS]).values == {"compressor_starts": value}


@pytest.mark.parametrize(("code", "words"), [(1, (0xFFC4, 0xFFFF)), (0, (0xFFFF, 0xFFC4))])
def test_a_value_of_32_bits_is_written_in_this_machines_order(
    machine: ModbusServer, model: Model, driver_for: MakeDriver, code: int, words: tuple[int, ...]
) -> None:
    machine.holding[99] = (code,)
    driver_for(model).write(replace(TARGET, write=Write("eeprom")), -60)
    assert machine.holding[30] == words


def test_a_machine_without_the_register_has_the_usual_order(
    machine: ModbusServer, model: Model, driver_for: MakeDriver
) -> None:
    del machine.holding[99]
    answer = driver_for(model).read([FLOW, STARTS])
    assert (answer.values, answer.problems) == ({"temp_flow": 35, "compressor_starts": 2 * 65536 + 1}, {})


@pytest.mark.parametrize("code", [2, 255])
def test_an_order_that_nobody_knows_leaves_values_of_32_bits_unread(
    machine: ModbusServer, model: Model, driver_for: MakeDriver, code: int
) -> None:
    machine.holding[99] = (code,)
    driver = driver_for(model)
    answer = driver.read([FLOW, STARTS])
    assert answer.values == {"temp_flow": 35, "compressor_starts": None}
    assert str(answer.problems["compressor_starts"]) == (
        f"order is {code}, so nobody knows in which order values of 32 bits are sent"
    )
    with pytest.raises(BadAnswer, match="nobody knows"):
        driver.write(replace(TARGET, write=Write("eeprom")), 5)
    assert machine.holding[30] == (0, 0)


def test_the_order_is_learned_again_when_its_register_is_read_and_after_a_failure(
    machine: ModbusServer, model: Model, driver_for: MakeDriver, clock: Clock
) -> None:
    driver = driver_for(model, timeout_s=SHORT_S)
    driver.read([STARTS])
    machine.holding[99] = (0,)
    assert driver.read([ORDER, STARTS]).values == {"order": "high_word_first", "compressor_starts": 65536 + 2}
    machine.holding[99] = (1,)
    machine.script.append(silence)
    with pytest.raises(Unreachable):
        driver.read([FLOW])
    clock.forward(60)
    assert driver.read([STARTS]).values == {"compressor_starts": 2 * 65536 + 1}


def test_a_register_that_stays_silent_costs_only_itself(
    machine: ModbusServer, model: Model, driver_for: MakeDriver, clock: Clock
) -> None:
    machine.rules.append((lambda request: request.at == 11, silence))
    driver = driver_for(model, timeout_s=SHORT_S)
    for _ in range(2):
        answer = driver.read([FLOW, RETURN, TANK])
        assert answer.values == {"temp_flow": 35, "temp_return": None, "temp_tank": 48}
        assert list(answer.problems) == ["temp_return"]
    assert asked_by(machine, lambda: driver.read([FLOW, RETURN, TANK])) == [(10, 1), (12, 1)]
    machine.rules.clear()
    clock.forward(REPROBE_S)
    assert driver.read([FLOW, RETURN, TANK]).values["temp_return"] == 30


def test_two_silent_registers_are_a_machine_that_is_gone(
    machine: ModbusServer, model: Model, driver_for: MakeDriver
) -> None:
    machine.rules.append((lambda request: request.at > 10, silence))
    driver = driver_for(model, timeout_s=SHORT_S)
    with pytest.raises(Unreachable):
        driver.read([FLOW, RETURN, TANK])
    assert len(machine.requests) == 3


def test_a_machine_that_is_silent_from_the_start_is_asked_once(
    machine: ModbusServer, model: Model, driver_for: MakeDriver
) -> None:
    machine.rules.append((lambda request: True, silence))
    with pytest.raises(Unreachable):
        driver_for(model, timeout_s=SHORT_S).read([FLOW, RETURN, TANK])
    assert len(machine.requests) == 1
