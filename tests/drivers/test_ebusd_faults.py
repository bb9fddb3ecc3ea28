"""Whatever goes wrong on the way to ebusd, a read ends in time with a reason and without a value; the next is right."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest

from drivers.base import Connection, Driver
from drivers.errors import BadAnswer, DriverError, Unreachable
from drivers.registry import Drivers
from tests.clocks import Clock
from tests.drivers.ebusd_server import Behaviour, EbusdServer, arotherm, saying
from tests.servers import LOOPBACK, Farewell, Step
from tests.waiting import eventually

SHORT_S = 0.3
IDS = ("temp_flow", "status_code", "temp_hot_water")
TRUE_VALUES = {"temp_flow": 34.5, "status_code": "heat_compressor_active", "temp_hot_water": 48.5}


def _for_ever(_: bytes) -> Sequence[Step]:
    return [step for _ in range(100) for step in (b"3", 0.01)]


FAULTS: dict[str, tuple[Behaviour, type[DriverError]]] = {
    "silence": (lambda _: [], Unreachable),
    "too late": (lambda answer: [2 * SHORT_S, answer], Unreachable),
    "hung up": (lambda _: [Farewell.HANG_UP], Unreachable),
    "reset": (lambda _: [Farewell.RESET], Unreachable),
    "reset in mid-answer": (lambda answer: [answer[:3], 0.02, Farewell.RESET], Unreachable),
    "hung up in mid-answer": (lambda answer: [answer[:3], Farewell.HANG_UP], Unreachable),
    "without its end": (lambda answer: [answer[:-1]], Unreachable),
    "it never ends": (_for_ever, Unreachable),
    "too long": (lambda _: [b"3" * 20_000 + b"\n\n"], BadAnswer),
    "too long in lines": (lambda _: [b"hmu FlowTemp = 3\n" * 2_000 + b"\n"], BadAnswer),
    "two answers": (lambda answer: [answer, b"12.0\n\n"], BadAnswer),
    "an answer too many, later": (lambda answer: [answer, 0.05, b"12.0\n\n"], BadAnswer),
    "the answer of state": (saying("signal acquired, 23 symbols/sec (166 max), 8 masters"), BadAnswer),
    "the answer of a write": (saying("done"), BadAnswer),
    "the answer of find": (saying("hmu FlowTemp = 34.50"), BadAnswer),
    "several lines": (saying("34.5\n35.0"), BadAnswer),
    "usage": (saying("usage: read [-f] NAME\n Read value(s)."), BadAnswer),
    "no such command": (saying("ERR: command not found"), BadAnswer),
    "the signal is lost": (saying("ERR: no signal"), Unreachable),
    "a web server": (lambda _: [b"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n<html>\n\n"], BadAnswer),
}


@pytest.fixture
def server() -> Iterator[EbusdServer]:
    with EbusdServer() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def driver(server: EbusdServer, clock: Clock) -> Iterator[Driver]:
    driver = Drivers(clock).open(arotherm(), Connection(LOOPBACK, server.port, 0, SHORT_S, "hmu"))
    yield driver
    driver.close()


def _read(driver: Driver) -> dict[str, object]:
    return dict(driver.read([arotherm().every_sensor[each] for each in IDS]).values)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_costs_one_read_and_stores_nothing_wrong(fault: str, server: EbusdServer, driver: Driver) -> None:
    behaviour, failure = FAULTS[fault]
    server.script.append(("read -m 30 -c hmu Status01", behaviour))
    began = time.monotonic()
    with pytest.raises((Unreachable, BadAnswer)) as told:
        _read(driver)
    assert type(told.value) is failure
    assert time.monotonic() - began < 30 * SHORT_S
    assert eventually(lambda: server.open_connections == 0)
    assert _read(driver) == TRUE_VALUES


@pytest.mark.parametrize("question", ["state", "find"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_before_the_first_message_costs_one_read_at_most(
    fault: str, question: str, server: EbusdServer, driver: Driver, clock: Clock
) -> None:
    """What ebusd has heard is only a hint: a list that tells nothing is followed by a longer one."""
    server.script.append((question, FAULTS[fault][0]))
    with suppress(Unreachable, BadAnswer):
        assert _read(driver) == TRUE_VALUES
    clock.now += 61
    assert _read(driver) == TRUE_VALUES


def test_an_answer_may_arrive_byte_by_byte(server: EbusdServer, driver: Driver) -> None:
    def stammer(answer: bytes) -> Sequence[Step]:
        return [step for byte in answer for step in (bytes([byte]), 0.001)]

    server.script.extend([("state", stammer), ("read", stammer)])
    assert _read(driver) == TRUE_VALUES


def test_lines_may_end_in_carriage_returns_of_a_relay(server: EbusdServer, driver: Driver) -> None:
    server.script.append(("read", lambda answer: [answer.replace(b"\n", b"\r\n", 1)]))
    assert _read(driver)["status_code"] == "heat_compressor_active"


def test_an_ebusd_that_was_restarted_between_two_reads_is_no_failure(server: EbusdServer, driver: Driver) -> None:
    assert _read(driver) == TRUE_VALUES
    for connection in list(server._connections):
        connection.shutdown(2)
    assert eventually(lambda: server.open_connections == 0)
    assert _read(driver) == TRUE_VALUES
    assert server.connections == 2


def test_a_write_whose_answer_is_lost_is_not_repeated(server: EbusdServer, driver: Driver) -> None:
    server.script.append(("write", lambda _: [Farewell.RESET]))
    with pytest.raises(Unreachable):
        driver.write(arotherm().every_sensor["temp_hot_water_target"], 45)
    assert [each for each in server.asked if each.startswith("write")] == ["write -c ctlv2 HwcTempDesired 45"]
    assert _read(driver) == TRUE_VALUES
