"""Coils and discrete inputs are read and written bit by bit, and bits of one register are told apart."""

from __future__ import annotations

import pytest

from drivers.blocks import plan
from drivers.errors import BadAnswer, OutOfRange, Refused
from drivers.model import Reads
from drivers.sensor import Sensor, Write
from tests.drivers.conftest import MakeDriver
from tests.drivers.small_models import a_model, a_sensor
from tests.servers import Behaviour, ModbusServer, exception, registers, shifted

COIL = a_sensor("hot_water_on", 3, "bit", table="coil", write=Write("eeprom", 0, 1, function=5))
BITS = [a_sensor(f"bit_{at}", at, "bit", table="discrete") for at in range(10)]
FLAGS = [a_sensor(f"flag_{bit}", 7, bit=bit, absent=frozenset({0x8000})) for bit in (0, 6, 9)]


def test_ten_discrete_inputs_are_one_read(server: ModbusServer, driver_for: MakeDriver) -> None:
    said = [1, 0, 0, 1, 1, 0, 1, 0, 1, 1]
    server.discrete.update(enumerate(said))
    answer = driver_for(a_model(*BITS)).read(BITS)
    assert list(answer.values.values()) == said
    assert [request.function for request in server.requests] == [2]


def test_a_coil_is_written_with_function_5_and_read_back(server: ModbusServer, driver_for: MakeDriver) -> None:
    server.coils[3] = 0
    driver = driver_for(a_model(COIL))
    for value, words in ((1, "ff00"), (0, "0000")):
        driver.write(COIL, value)
        assert server.requests[-1].frame[7:].hex() == f"050003{words}"
        assert driver.read([COIL]).values == {"hot_water_on": value}


@pytest.mark.parametrize("value", [2, -1, 0.5, "on"])
def test_a_coil_holds_nothing_but_0_and_1(value: float | str, server: ModbusServer, driver_for: MakeDriver) -> None:
    with pytest.raises(OutOfRange):
        driver_for(a_model(COIL)).write(COIL, value)
    assert server.requests == []


@pytest.mark.parametrize(
    "behaviour",
    [
        registers(lambda content: content + b"\0"),
        registers(lambda content: content[:-1]),
        shifted("function", 1),
    ],
)
def test_too_many_or_too_few_bits_are_no_answer(
    behaviour: Behaviour, server: ModbusServer, driver_for: MakeDriver
) -> None:
    server.discrete.update(dict.fromkeys(range(10), 1))
    server.script.append(behaviour)
    with pytest.raises(BadAnswer):
        driver_for(a_model(*BITS)).read(BITS)


def test_a_coil_that_the_machine_does_not_take_is_refused(server: ModbusServer, driver_for: MakeDriver) -> None:
    server.coils[3] = 0
    server.script.append(exception(4))
    with pytest.raises(Refused, match="exception 4"):
        driver_for(a_model(COIL)).write(COIL, 1)


def test_the_echo_of_another_coil_is_no_confirmation(server: ModbusServer, driver_for: MakeDriver) -> None:
    server.coils[3] = 0
    server.script.append(lambda request, answer: [answer[:9] + b"\x04" + answer[10:]])
    with pytest.raises(BadAnswer, match="another write"):
        driver_for(a_model(COIL)).write(COIL, 1)


@pytest.mark.parametrize(
    ("word", "values"),
    [(0b10_0100_0001, [1, 1, 1]), (0b10_0000_0000, [0, 0, 1]), (0, [0, 0, 0]), (0x8000, [None, None, None])],
)
def test_the_bits_of_one_register_are_one_read(
    word: int, values: list[int | None], server: ModbusServer, driver_for: MakeDriver
) -> None:
    server.holding[7] = (word,)
    answer = driver_for(a_model(*FLAGS)).read(FLAGS)
    assert list(answer.values.values()) == values
    assert server.asked() == [(7, 1)]


def test_a_register_after_a_word_of_bits_rides_along() -> None:
    after, before = a_sensor("after", 8), a_sensor("before", 6)
    blocks = plan([*FLAGS, after, before], Reads(10))
    assert [(block.at, block.count, len(block.sensors)) for block in blocks] == [(6, 3, 5)]


def test_whole_registers_never_share_a_place() -> None:
    whole: list[Sensor] = [a_sensor("one", 7), a_sensor("other", 7)]
    assert len(plan(whole, Reads(10))) == 2
