"""Whatever a machine does wrong, a read ends with true values or a reason, and the next one is right."""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Sequence

import pytest

from drivers.errors import BadAnswer, DriverError, Unreachable
from drivers.modbus_line import Lines
from drivers.modbus_tcp import LONGEST_PAUSE_S, REPROBE_S, ModbusTcp
from drivers.sensor import Write
from tests.clocks import Clock
from tests.drivers.conftest import MakeDriver
from tests.drivers.house import BLOCKS, HOUSE, TRUE_VALUES, words_at
from tests.drivers.small_models import a_connection, a_model, a_sensor
from tests.servers import (
    Behaviour,
    Farewell,
    ModbusServer,
    Request,
    Step,
    after,
    answer_and_hang_up,
    byte_by_byte,
    exception,
    hang_up,
    hang_up_midway,
    registers,
    reset,
    sending,
    shifted,
    silence,
    stop_midway,
)

pytestmark = pytest.mark.usefixtures("house")

SHORT_S = 0.3


FAULTS: dict[str, tuple[Behaviour, type[DriverError]]] = {
    "silence": (silence, Unreachable),
    "too late": (after(0.5), Unreachable),
    "half an answer": (stop_midway, BadAnswer),
    "foreign transaction": (shifted("transaction", 1), BadAnswer),
    "foreign unit": (shifted("unit", 1), BadAnswer),
    "foreign protocol": (shifted("protocol", 1), BadAnswer),
    "too few registers": (registers(lambda content: content[:-2]), BadAnswer),
    "wrong function": (shifted("function", 1), BadAnswer),
    "exception of another function": (exception(2, of_function=6), BadAnswer),
    "gateway without its unit": (exception(11), Unreachable),
    "garbage": (sending(b"\xff" * 64), BadAnswer),
}


@pytest.mark.parametrize("at_request", [0, 1])
@pytest.mark.parametrize("fault", FAULTS)
def test_the_first_fault_gives_the_read_up_and_the_next_read_is_right(
    server: ModbusServer, driver_for: MakeDriver, clock: Clock, fault: str, at_request: int
) -> None:
    behaviour, kind = FAULTS[fault]
    driver = driver_for(a_model(*HOUSE), timeout_s=SHORT_S)
    server.script.extend([lambda _, answer: [answer]] * at_request + [behaviour])
    with pytest.raises(kind):
        driver.read(HOUSE)
    assert server.asked() == BLOCKS[: at_request + 1]
    clock.forward(1)
    answer = driver.read(HOUSE)
    assert answer.values == TRUE_VALUES
    assert answer.problems == {}


@pytest.mark.parametrize("behaviour", [hang_up, hang_up_midway, reset, byte_by_byte, answer_and_hang_up, after(0.05)])
def test_what_is_only_a_nuisance_does_not_cost_the_read(
    server: ModbusServer, driver_for: MakeDriver, behaviour: Behaviour
) -> None:
    driver = driver_for(a_model(*HOUSE))
    server.script.append(behaviour)
    answer = driver.read(HOUSE)
    assert (answer.values, answer.problems, answer.requests) == (TRUE_VALUES, {}, 3)


def test_a_silent_machine_costs_one_request_and_one_time_out(server: ModbusServer, driver_for: MakeDriver) -> None:
    sensors = words_at(server, 100, 119)
    driver = driver_for(a_model(*sensors, max_count=1), timeout_s=SHORT_S)
    server.rules.append((lambda _: True, silence))
    started = time.monotonic()
    with pytest.raises(Unreachable, match=r"did not answer within 0\.3 s"):
        driver.read(sensors)
    assert SHORT_S <= time.monotonic() - started < len(sensors) * SHORT_S
    assert len(server.requests) == 1


def test_the_pause_after_a_failure_grows_to_its_cap_and_ends(
    server: ModbusServer, driver_for: MakeDriver, clock: Clock
) -> None:
    driver = driver_for(a_model(*HOUSE))

    def requests_of_a_failing_read() -> int:
        before = len(server.requests)
        with pytest.raises(Unreachable):
            driver.read(HOUSE)
        return len(server.requests) - before

    server.rules.append((lambda _: True, exception(10)))
    for pause in (1, 2, 4, 8, 16, 32, LONGEST_PAUSE_S, LONGEST_PAUSE_S, LONGEST_PAUSE_S):
        assert requests_of_a_failing_read() == 1
        clock.forward(pause - 0.01)
        assert requests_of_a_failing_read() == 0
        clock.forward(0.01)
    server.rules.clear()
    assert driver.read(HOUSE).values == TRUE_VALUES
    server.rules.append((lambda _: True, exception(10)))
    assert requests_of_a_failing_read() == 1
    clock.forward(1)
    server.rules.clear()
    assert driver.read(HOUSE).values == TRUE_VALUES


def test_a_pause_says_again_why_and_does_not_grow_in_memory(
    server: ModbusServer, driver_for: MakeDriver, clock: Clock
) -> None:
    driver = driver_for(a_model(*HOUSE))
    server.script.append(exception(10))

    def failure() -> Unreachable:
        with pytest.raises(Unreachable, match="cannot reach unit 1") as raised:
            driver.read(HOUSE)
        return raised.value

    failure()
    depths = {len(traceback.extract_tb(failure().__traceback__)) for _ in range(20)}
    assert len(depths) == 1
    assert len(server.requests) == 1


def test_the_pause_of_one_unit_is_not_the_pause_of_its_neighbour(server: ModbusServer, driver_for: MakeDriver) -> None:
    lost, well = driver_for(a_model(*HOUSE), unit_id=9), driver_for(a_model(*HOUSE), unit_id=1)
    server.rules.append((lambda request: request.unit == 9, exception(11)))
    with pytest.raises(Unreachable):
        lost.read(HOUSE)
    assert well.read(HOUSE).values == TRUE_VALUES


def test_a_write_is_tried_even_in_a_pause(server: ModbusServer, driver_for: MakeDriver) -> None:
    sensor = a_sensor("mode", 150, write=Write(wear="volatile"))
    server.holding[150] = (0,)
    driver = driver_for(a_model(sensor))
    server.script.append(exception(11))
    with pytest.raises(Unreachable):
        driver.read([sensor])
    driver.write(sensor, 3)
    assert server.holding[150] == (3,)


def test_whatever_a_machine_says_a_read_ends_with_true_values_or_a_reason(
    server: ModbusServer, lines: Lines, clock: Clock
) -> None:
    dice = random.Random(1904)
    driver = ModbusTcp(a_model(*HOUSE), a_connection(server), lines, clock)

    def faulty(request: Request, answer: bytes) -> Sequence[Step]:
        kind = dice.randrange(12)
        if kind == 0:
            return [dice.randbytes(dice.randrange(1, 40)), Farewell.HANG_UP]
        if kind == 1:
            return [answer[: dice.randrange(len(answer))], Farewell.HANG_UP]
        if kind == 2:
            return [answer[:7] + dice.randbytes(1) + answer[8:], Farewell.HANG_UP]
        if kind in {3, 4, 5}:
            return exception(dice.choice([1, 2, 3, 4, 6, dice.randrange(256)]))(request, answer)
        return [answer]

    outcomes = {"whole": 0, "partly": 0, "lost": 0}
    for _ in range(300):
        clock.forward(REPROBE_S + LONGEST_PAUSE_S)
        server.script.extend([faulty] * 20)
        try:
            answer = driver.read(HOUSE)
        except DriverError:
            outcomes["lost"] += 1
        else:
            lacking = {name for name, value in answer.values.items() if value is None}
            assert lacking == answer.problems.keys()
            assert answer.values == TRUE_VALUES | dict.fromkeys(lacking)
            outcomes["partly" if lacking else "whole"] += 1
        server.script.clear()
    assert min(outcomes.values()) > 5
    clock.forward(REPROBE_S + LONGEST_PAUSE_S)
    assert driver.read(HOUSE).values == TRUE_VALUES
    driver.close()
