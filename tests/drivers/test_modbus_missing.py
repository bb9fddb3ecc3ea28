"""Registers that a machine does not offer cost one look, no values of others, and another look later."""

from __future__ import annotations

import pytest

from drivers.errors import BadAnswer, Refused, Unreachable
from drivers.modbus_tcp import LONGEST_PAUSE_S, REPROBE_S
from tests.clocks import Clock
from tests.drivers.conftest import MakeDriver
from tests.drivers.house import FLOW, HOUSE, MODE, OUTSIDE, STARTS, TRUE_VALUES, asked_by, covers, longer_than, words_at
from tests.drivers.small_models import a_model, a_sensor
from tests.servers import (
    ModbusServer,
    exception,
    silence,
)

pytestmark = pytest.mark.usefixtures("house")

SHORT_S = 0.3


def test_a_refused_block_is_read_point_by_point_and_only_the_missing_one_has_no_value(
    server: ModbusServer, driver_for: MakeDriver
) -> None:
    sensors = words_at(server, 100, 105)
    del server.holding[102]
    answer = driver_for(a_model(*sensors)).read(sensors)
    assert answer.values == {f"at_{at}": None if at == 102 else at for at in range(100, 106)}
    assert {name: str(problem) for name, problem in answer.problems.items()} == {
        "at_102": "at_102: this machine does not offer holding register 102"
    }
    assert answer.samples["at_102"].raw is None
    assert answer.requests == 7


@pytest.mark.parametrize("code", [1, 2, 3])
def test_a_missing_point_is_not_asked_again_and_its_neighbours_share_reads_again(
    server: ModbusServer, driver_for: MakeDriver, clock: Clock, code: int
) -> None:
    sensors = words_at(server, 100, 105)
    server.rules.append((covers(102), exception(code)))
    driver = driver_for(a_model(*sensors))
    driver.read(sensors)
    for _ in range(2):
        clock.forward(REPROBE_S / 3)
        assert asked_by(server, lambda: driver.read(sensors)) == [(100, 2), (103, 3)]
        answer = driver.read(sensors)
        assert (answer.values["at_102"], list(answer.problems)) == (None, ["at_102"])


def test_a_missing_point_is_asked_again_after_a_while_and_found_when_it_came(
    server: ModbusServer, driver_for: MakeDriver, clock: Clock
) -> None:
    sensors = words_at(server, 100, 105)
    del server.holding[102]
    driver = driver_for(a_model(*sensors))
    driver.read(sensors)
    clock.forward(REPROBE_S + 1)
    assert asked_by(server, lambda: driver.read(sensors)) == [(100, 6), *((at, 1) for at in range(100, 106))]
    server.holding[102] = (102,)
    clock.forward(REPROBE_S - 1)
    assert driver.read(sensors).values["at_102"] is None
    clock.forward(2)
    assert asked_by(server, lambda: driver.read(sensors)) == [(100, 6)]
    answer = driver.read(sensors)
    assert (answer.values["at_102"], answer.problems) == (102, {})


def test_a_block_that_is_too_long_for_the_machine_is_remembered_as_single_points(
    server: ModbusServer, driver_for: MakeDriver, clock: Clock
) -> None:
    sensors = words_at(server, 100, 103)
    server.rules.append((longer_than(2), exception(3)))
    driver = driver_for(a_model(*sensors))
    singly = [(at, 1) for at in range(100, 104)]
    assert asked_by(server, lambda: driver.read(sensors)) == [(100, 4), *singly]
    assert asked_by(server, lambda: driver.read(sensors)) == singly
    answer = driver.read(sensors)
    assert (answer.values, answer.problems) == ({f"at_{at}": at for at in range(100, 104)}, {})
    server.rules.clear()
    clock.forward(REPROBE_S + 1)
    assert asked_by(server, lambda: driver.read(sensors)) == [(100, 4)]


def test_a_point_that_goes_missing_while_read_singly_is_remembered_too(
    server: ModbusServer, driver_for: MakeDriver
) -> None:
    sensors = words_at(server, 100, 103)
    server.rules.append((longer_than(2), exception(3)))
    driver = driver_for(a_model(*sensors))
    driver.read(sensors)
    del server.holding[101]
    assert driver.read(sensors).values["at_101"] is None
    assert (101, 1) not in asked_by(server, lambda: driver.read(sensors))


@pytest.mark.parametrize("code", [4, 6])
def test_a_failing_point_is_a_problem_of_this_poll_only(
    server: ModbusServer, driver_for: MakeDriver, code: int
) -> None:
    sensors = words_at(server, 100, 103)
    server.rules.append((covers(101), exception(code)))
    driver = driver_for(a_model(*sensors))
    answer = driver.read(sensors)
    assert answer.values == {"at_100": 100, "at_101": None, "at_102": 102, "at_103": 103}
    assert {name: problem.facts["code"] for name, problem in answer.problems.items()} == {"at_101": code}
    server.rules.clear()
    assert asked_by(server, lambda: driver.read(sensors)) == [(100, 4)]
    assert driver.read(sensors).problems == {}


@pytest.mark.parametrize("code", [4, 6])
def test_a_machine_that_is_busy_once_is_read_in_blocks_again(
    server: ModbusServer, driver_for: MakeDriver, code: int
) -> None:
    sensors = words_at(server, 100, 103)
    driver = driver_for(a_model(*sensors))
    server.script.append(exception(code))
    assert driver.read(sensors).values == {f"at_{at}": at for at in range(100, 104)}
    assert asked_by(server, lambda: driver.read(sensors)) == [(100, 4)]


def test_a_machine_that_is_busy_all_the_time_is_there_and_has_no_values(
    server: ModbusServer, driver_for: MakeDriver
) -> None:
    driver = driver_for(a_model(*HOUSE))
    server.rules.append((lambda _: True, exception(6)))
    answer = driver.read(HOUSE)
    assert set(answer.values.values()) == {None}
    assert all(isinstance(problem, Refused) for problem in answer.problems.values())
    assert answer.problems.keys() == TRUE_VALUES.keys()
    server.rules.clear()
    assert driver.read(HOUSE).values == TRUE_VALUES


def test_a_machine_that_offers_nothing_is_another_machine_and_nothing_is_remembered_of_it(
    server: ModbusServer, driver_for: MakeDriver, clock: Clock
) -> None:
    driver = driver_for(a_model(*HOUSE))
    server.rules.append((lambda _: True, exception(2)))
    with pytest.raises(BadAnswer, match="offers none of the registers of Tester Small"):
        driver.read(HOUSE)
    server.rules.clear()
    clock.forward(1)
    assert driver.read(HOUSE).values == TRUE_VALUES


def test_a_machine_that_offers_nothing_while_it_starts_is_whole_again_at_once(
    server: ModbusServer, driver_for: MakeDriver, clock: Clock
) -> None:
    driver = driver_for(a_model(*HOUSE))
    driver.read(HOUSE)
    server.rules.append((lambda _: True, exception(2)))
    for _ in range(3):
        with pytest.raises(BadAnswer, match="offers none"):
            driver.read(HOUSE)
        clock.forward(LONGEST_PAUSE_S)
    server.rules.clear()
    answer = driver.read(HOUSE)
    assert (answer.values, answer.problems) == (TRUE_VALUES, {})


def test_a_read_lost_half_way_teaches_nothing(server: ModbusServer, driver_for: MakeDriver, clock: Clock) -> None:
    driver = driver_for(a_model(*HOUSE), timeout_s=SHORT_S)
    server.rules.append((lambda request: request.at < 1100, exception(2)))
    server.rules.append((lambda _: True, silence))
    with pytest.raises(Unreachable):
        driver.read([OUTSIDE, FLOW, MODE, STARTS])
    server.rules.clear()
    clock.forward(1)
    assert driver.read(HOUSE).values == TRUE_VALUES


def test_a_known_machine_may_be_asked_for_nothing_but_missing_registers(
    server: ModbusServer, driver_for: MakeDriver
) -> None:
    absent = a_sensor("temp_solar", 3000, optional=True)
    driver = driver_for(a_model(*HOUSE, absent))
    driver.read(HOUSE)
    for requests in (1, 0):
        answer = driver.read([absent])
        assert (answer.values, list(answer.problems)) == ({"temp_solar": None}, ["temp_solar"])
        assert answer.requests == requests
    assert driver.read(HOUSE).values == TRUE_VALUES


def test_optional_registers_that_are_missing_cost_the_others_nothing(
    server: ModbusServer, driver_for: MakeDriver
) -> None:
    sensors = words_at(server, 100, 103)
    solar = [a_sensor(f"solar_{at}", at, optional=True) for at in (104, 105)]
    driver = driver_for(a_model(*sensors, *solar))
    assert asked_by(server, lambda: driver.read([*sensors, *solar])) == [(100, 4), (104, 2), (104, 1), (105, 1)]
    assert asked_by(server, lambda: driver.read([*sensors, *solar])) == [(100, 4)]
