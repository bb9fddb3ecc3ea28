"""Whatever a Luxtronik does wrong, a read ends in time with a reason and without a value, and the next one is right."""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator, Sequence

import pytest

from drivers.base import Connection
from drivers.errors import BadAnswer, DriverError, Unreachable
from drivers.luxtronik import Luxtronik, Turns
from drivers.sensor import Sensor
from tests.catalogue import named
from tests.drivers.luxtronik_server import Behaviour, LuxtronikServer, properly
from tests.servers import LOOPBACK, Farewell, Step
from tests.waiting import eventually

SHORT_S = 0.3
IDS = ("temp_flow", "temp_outside", "temp_hot_water_setting", "menu_cooling")
TRUE_VALUES = {"temp_flow": 34.2, "temp_outside": -7.5, "temp_hot_water_setting": 50.0, "menu_cooling": 1}


def _number(place: int, number: int) -> Behaviour:
    """The right answer with another integer at this place."""

    def behave(answer: bytes) -> Sequence[Step]:
        return [answer[: 4 * place] + struct.pack(">i", number) + answer[4 * place + 4 :]]

    return behave


def _length(change: int) -> Behaviour:
    """The right answer that promises another number of values."""

    def behave(answer: bytes) -> Sequence[Step]:
        place = 8 if answer.startswith(struct.pack(">i", 3004)) else 4
        count = struct.unpack_from(">i", answer, place)[0] + change
        return [answer[:place] + struct.pack(">i", count) + answer[place + 4 :]]

    return behave


def _for_ever(_: bytes) -> Sequence[Step]:
    return [step for _ in range(2000) for step in (b"\0", 0.01)]


FAULTS: dict[str, tuple[Behaviour, type[DriverError]]] = {
    "silence": (lambda _: [], Unreachable),
    "too late": (lambda answer: [2 * SHORT_S, answer], Unreachable),
    "hung up": (lambda _: [Farewell.HANG_UP], Unreachable),
    "reset": (lambda _: [Farewell.RESET], Unreachable),
    "reset in mid-answer": (lambda answer: [answer[:100], 0.05, Farewell.RESET], Unreachable),
    "truncated": (lambda answer: [answer[:-2], Farewell.HANG_UP], Unreachable),
    "stops in mid-answer": (lambda answer: [answer[:-2]], Unreachable),
    "echo of a write": (_number(0, 3002), BadAnswer),
    "foreign echo": (_number(0, 4711), BadAnswer),
    "one value fewer than promised": (_length(1), Unreachable),
    "one value more than promised": (_length(-1), BadAnswer),
    "a length beyond reason": (_length(2_000_000), BadAnswer),
    "a length below zero": (_length(-2_000), BadAnswer),
    "web server": (lambda _: [b"HTTP/1.1 400 Bad Request\r\n\r\n"], BadAnswer),
}


@pytest.fixture
def server() -> Iterator[LuxtronikServer]:
    with LuxtronikServer() as server:
        server.calculations[10], server.calculations[15] = 342, -75
        server.parameters[2] = 500
        server.visibilities[3] = 1
        yield server


@pytest.fixture(scope="module")
def sensors() -> list[Sensor]:
    model = named("luxtronik/luxtronik_2_1")
    return [model.every_sensor[each] for each in IDS]


def driver(server: LuxtronikServer, timeout_s: float = SHORT_S) -> Luxtronik:
    model = named("luxtronik/luxtronik_2_1")
    return Luxtronik(model, Connection(LOOPBACK, server.port, 0, timeout_s), Turns())


@pytest.mark.parametrize("at_table", [0, 1, 2])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_ends_the_read_and_the_next_one_is_right(
    fault: str, at_table: int, server: LuxtronikServer, sensors: list[Sensor]
) -> None:
    behaviour, error = FAULTS[fault]
    machine = driver(server)
    server.script.extend([*[properly] * at_table, behaviour])
    with pytest.raises(error):
        machine.read(sensors)
    server.script.clear()
    assert eventually(lambda: server.open_connections == 0)
    assert machine.read(sensors).values == TRUE_VALUES


def test_an_odd_status_before_the_calculations_is_no_answer(server: LuxtronikServer, sensors: list[Sensor]) -> None:
    server.status = -1
    with pytest.raises(BadAnswer):
        driver(server).read(sensors)


def test_answers_that_arrive_byte_by_byte_are_put_together(server: LuxtronikServer, sensors: list[Sensor]) -> None:
    server.script.extend([lambda answer: [bytes([each]) for each in answer]] * 3)
    assert driver(server, timeout_s=20).read(sensors).values == TRUE_VALUES


def test_an_answer_that_only_trickles_is_given_up_in_time(server: LuxtronikServer, sensors: list[Sensor]) -> None:
    server.script.append(lambda _: [struct.pack(">3i", 3004, 0, 249), *_for_ever(b"")])
    started = time.monotonic()
    with pytest.raises(Unreachable):
        driver(server).read(sensors)
    assert time.monotonic() - started < 30 * SHORT_S
