"""The Modbus TCP driver: every value that it delivers is true, and all share one line."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from drivers.base import Answer
from drivers.modbus_tcp import ModbusTcp
from drivers.model_file import load_model
from drivers.sensor import Write
from drivers.vocabulary import Title, Vocabulary, Word
from tests.drivers.conftest import MakeDriver
from tests.drivers.house import BLOCKS, HOUSE, STARTS, TRUE_VALUES, words_at
from tests.drivers.small_models import a_model, a_sensor
from tests.servers import (
    ModbusServer,
    after,
    exception,
    registers,
)
from tests.waiting import eventually

pytestmark = pytest.mark.usefixtures("house")


def test_a_read_brings_every_value_its_registers_and_the_count_of_requests(
    server: ModbusServer, driver_for: MakeDriver
) -> None:
    answer = driver_for(a_model(*HOUSE)).read(HOUSE)
    assert answer.values == TRUE_VALUES
    assert list(answer.values) == [sensor.id for sensor in HOUSE]
    assert {sensor_id: sample.raw for sensor_id, sample in answer.samples.items()} == {
        "temp_outside": (0x4285, 0x41A6),
        "temp_flow": (0xFFFB,),
        "operating_mode": (0xFF02,),
        "compressor_starts": (1, 2),
        "temp_return": (315,),
    }
    assert answer.problems == {}
    assert answer.requests == 3
    assert answer.seconds > 0
    assert server.asked() == BLOCKS
    assert [request.function for request in server.requests] == [3, 3, 4]


def test_a_model_file_is_all_the_driver_needs_to_know(
    server: ModbusServer, driver_for: MakeDriver, tmp_path: Path
) -> None:
    vocabulary = Vocabulary(
        categories={"temperature": Title("Temperaturen", "Temperatures")},
        states={},
        sensors={"temp_outside": Word("Außen", "Outside", "temperature", "°C")},
    )
    path = tmp_path / "tester_small.yaml"
    path.write_text(
        """
        manufacturer: tester
        manufacturer_title: Tester
        model: small
        title: Tester Small
        driver: modbus_tcp
        connection: {port: 502}
        capabilities: {}
        setup: {de: "", en: ""}
        sources: {manual: the manual}
        defaults: {word_order: little, sources: [manual], absent: {float32: [-1.0]}}
        sensors:
          temp_outside: {at: 1000, type: float32}
          temp_shed: {at: 1200, type: float32, title: {de: Schuppen, en: Shed}, category: temperature}
        """,
        encoding="utf-8",
    )
    server.holding[1200] = (0x0000, 0xBF80)
    model = load_model(path, vocabulary)
    answer = driver_for(model).read(model.sensors({}))
    assert (answer.values, answer.problems) == ({"temp_outside": 20.78248, "temp_shed": None}, {})


def test_an_empty_read_touches_no_network(server: ModbusServer, driver_for: MakeDriver) -> None:
    assert driver_for(a_model(*HOUSE)).read(()).values == {}
    assert server.connections == 0


def test_overlapping_points_are_each_read_from_their_own_place(server: ModbusServer, driver_for: MakeDriver) -> None:
    server.holding.update({1392: (0x0000, 0xBF80), 1393: (0x0001,), 1394: (0x0002,)})
    humidity = a_sensor("humidity", 1392, "float32", word_order="little", absent=frozenset({-1.0}))
    modes = [a_sensor(f"mode_{at}", at, "uint8") for at in (1393, 1394)]
    model = a_model(humidity, *modes, never_together=(frozenset({1392, 1393}),))
    answer = driver_for(model).read([humidity, *modes])
    assert answer.values == {"humidity": None, "mode_1393": 1, "mode_1394": 2}
    assert answer.problems == {}
    assert answer.samples["humidity"].raw == (0x0000, 0xBF80)


def test_a_word_that_is_no_number_is_a_problem_of_its_sensor_only(server: ModbusServer, driver_for: MakeDriver) -> None:
    server.holding[1000] = (0x0000, 0x7FC0)
    answer = driver_for(a_model(*HOUSE)).read(HOUSE)
    assert answer.values == TRUE_VALUES | {"temp_outside": None}
    assert [str(problem) for problem in answer.problems.values()] == [
        "temp_outside: the machine answers nan, which is no number"
    ]


POWER = a_sensor("power_current_draw", 1102, "uint16", scale=0.1, maximum=30.0, reread_when_implausible=True)


def test_a_spike_is_read_again_once_and_the_plausible_value_is_kept(
    server: ModbusServer, driver_for: MakeDriver
) -> None:
    server.holding[1102] = (21,)
    server.script.append(registers(lambda content: content[:-2] + b"\x27\x10"))
    answer = driver_for(a_model(STARTS, POWER)).read([STARTS, POWER])
    assert answer.values == {"compressor_starts": 65538, "power_current_draw": 2.1}
    assert (answer.problems, answer.samples["power_current_draw"].raw) == ({}, (21,))
    assert server.asked() == [(1100, 3), (1102, 1)]


def test_a_value_that_stays_implausible_is_no_value_but_its_registers_are_kept(
    server: ModbusServer, driver_for: MakeDriver
) -> None:
    server.holding[1102] = (10_000,)
    answer = driver_for(a_model(STARTS, POWER)).read([STARTS, POWER])
    assert answer.values == {"compressor_starts": 65538, "power_current_draw": None}
    assert str(answer.problems["power_current_draw"]) == "power_current_draw: 1000.0 is implausible"
    assert answer.samples["power_current_draw"].raw == (10_000,)
    assert answer.requests == 2


@pytest.mark.parametrize(("word", "value"), [(9, None), (10, 1.0), (300, 30.0), (301, None), (0xFFFF, None)])
def test_what_is_plausible_is_bounded_on_both_sides(
    server: ModbusServer, driver_for: MakeDriver, word: int, value: float | None
) -> None:
    sensor = a_sensor("pressure", 1102, scale=0.1, minimum=1.0, maximum=30.0)
    server.holding[1102] = (word,)
    answer = driver_for(a_model(sensor)).read([sensor])
    assert answer.values == {"pressure": value}
    assert len(answer.problems) == (value is None)
    assert answer.requests == 1


def test_a_spike_whose_second_read_is_refused_stays_without_a_value(
    server: ModbusServer, driver_for: MakeDriver
) -> None:
    server.holding[1102] = (10_000,)
    server.rules.append((lambda request: request.count == 1, exception(6)))
    answer = driver_for(a_model(STARTS, POWER)).read([STARTS, POWER])
    assert answer.values == {"compressor_starts": 65538, "power_current_draw": None}
    assert answer.problems["power_current_draw"].facts["code"] == 6


def test_two_heat_pumps_behind_one_address_share_one_connection(server: ModbusServer, driver_for: MakeDriver) -> None:
    first, second = driver_for(a_model(*HOUSE), unit_id=1), driver_for(a_model(*HOUSE), unit_id=2)
    assert first.read(HOUSE).values == second.read(HOUSE).values == TRUE_VALUES
    assert server.connections == 1
    assert [request.unit for request in server.requests] == [1, 1, 1, 2, 2, 2]


def test_polls_at_the_same_time_never_interleave_on_the_wire(server: ModbusServer, driver_for: MakeDriver) -> None:
    server.rules.append((lambda _: True, after(0.005)))
    drivers = [driver_for(a_model(*HOUSE), unit_id=unit) for unit in (1, 2, 3)]

    def poll(driver: ModbusTcp) -> list[Answer]:
        return [driver.read(HOUSE) for _ in range(8)]

    with ThreadPoolExecutor(3) as threads:
        answers = [answer for answers in threads.map(poll, drivers) for answer in answers]
    assert all(answer.values == TRUE_VALUES for answer in answers)
    assert (server.connections, server.crowded, len(server.requests)) == (1, 0, 3 * 8 * 3)


def test_one_driver_may_be_asked_from_many_threads(server: ModbusServer, driver_for: MakeDriver) -> None:
    sensors = words_at(server, 100, 119)
    missing = [a_sensor(f"missing_{at}", at) for at in range(120, 140)]
    mode = a_sensor("mode", 150, write=Write(wear="volatile"))
    server.holding[150] = (0,)
    driver = driver_for(a_model(*sensors, *missing, mode))

    def poll(number: int) -> bool:
        if number % 4 == 0:
            driver.write(mode, number)
        if number % 7 == 0:
            driver.close()
        return all(value == int(name[3:]) for name, value in driver.read([*sensors, *missing]).values.items() if value)

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(poll, range(60)))
    assert server.crowded == 0


def test_closing_during_a_read_lets_it_finish_and_leaves_no_connection(
    server: ModbusServer, driver_for: MakeDriver
) -> None:
    server.rules.append((lambda _: True, after(0.08)))
    driver = driver_for(a_model(*HOUSE))
    answers: list[Answer] = []
    reader = threading.Thread(target=lambda: answers.append(driver.read(HOUSE)))
    reader.start()
    assert eventually(lambda: len(server.requests) == 1)
    driver.close()
    reader.join(10)
    assert answers[0].values == TRUE_VALUES
    assert eventually(lambda: server.open_connections == 0)
    assert server.connections == 1


def test_the_connection_closes_when_its_last_user_closes(server: ModbusServer, driver_for: MakeDriver) -> None:
    first, second = driver_for(a_model(*HOUSE), unit_id=1), driver_for(a_model(*HOUSE), unit_id=2)
    first.read(HOUSE)
    second.read(HOUSE)
    first.close()
    first.close()
    second.read(HOUSE)
    assert server.connections == 1
    second.close()
    assert eventually(lambda: server.open_connections == 0)
    assert first.read(HOUSE).values == TRUE_VALUES
    assert server.connections == 2
