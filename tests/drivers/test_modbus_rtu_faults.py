"""RTU over TCP: without a transaction number, no frame is taken for another's answer, whatever a gateway sends."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest

from drivers.errors import BadAnswer, DriverError, Refused, Unreachable
from drivers.identification import Identification
from drivers.modbus_line import Line
from tests.drivers.small_models import PATIENT_S
from tests.rtu_server import RtuServer, changed, framed
from tests.servers import (
    LOOPBACK,
    Behaviour,
    Farewell,
    after,
    answer_and_hang_up,
    byte_by_byte,
    half_close,
    hang_up,
    hang_up_midway,
    refusing_port,
    reset,
    sending,
    silence,
    stop_midway,
)

SHORT_S = 0.2
TRUE = (7, 0xABCD)


@pytest.fixture
def server() -> Iterator[RtuServer]:
    with RtuServer({40004: (7,), 40005: (0xABCD,), 40012: (9,)}) as server:
        yield server


@pytest.fixture
def line(server: RtuServer) -> Iterator[Line]:
    line = Line(LOOPBACK, server.port, "rtu")
    yield line
    line.close()


def read_two(line: Line, timeout_s: float = PATIENT_S) -> tuple[int, ...]:
    return line.read("holding", 40004, 2, 1, timeout_s)


def _set(place: int, value: int) -> Behaviour:
    def change(content: bytearray) -> None:
        content[place] = value

    return changed(change)


FAULTS: dict[str, tuple[Behaviour, type[DriverError], str]] = {
    "silence": (silence, Unreachable, "is connected but did not answer within 0.2 s"),
    "too late": (after(0.4), Unreachable, "is connected but did not answer within 0.2 s"),
    "half an answer": (stop_midway, BadAnswer, "do not answer the request"),
    "one byte": (sending(b"\x01"), BadAnswer, "do not answer the request"),
    "wrong check sum": (changed(lambda content: content.reverse(), check=False), BadAnswer, "do not answer"),
    "one bit is wrong": (changed(lambda c: c.__setitem__(4, c[4] ^ 1), check=False), BadAnswer, "do not answer"),
    "another unit": (_set(0, 2), BadAnswer, "do not answer the request"),
    "function of another table": (_set(1, 4), BadAnswer, "answers function 4 instead of 3"),
    "function nobody knows": (_set(1, 99), BadAnswer, "do not answer the request"),
    "too many registers": (
        sending(framed(bytes([1, 3, 6, 0, 1, 0, 2, 0, 3]))),
        BadAnswer,
        "answers 3 words instead of 2 at 40004",
    ),
    "too few registers": (sending(framed(bytes([1, 3, 2, 0, 1]))), BadAnswer, "answers 1 words instead of 2"),
    "no registers": (sending(framed(bytes([1, 3, 0]))), BadAnswer, "answers 0 words instead of 2"),
    "a byte count that promises more": (_set(2, 200), BadAnswer, "do not answer the request"),
    "an answer to a write": (sending(framed(bytes([1, 16, 0x9C, 0x44, 0, 2]))), BadAnswer, "instead of 3"),
    "Modbus TCP": (sending(bytes.fromhex("000100000007010304000700ff")), BadAnswer, "do not answer the request"),
    "garbage": (sending(b"HTTP/1.1 400 Bad Request\r\n\r\n"), BadAnswer, "do not answer the request"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_odd_frame_is_an_error_and_the_next_request_has_a_new_connection(
    server: RtuServer, line: Line, fault: str
) -> None:
    behaviour, kind, reason = FAULTS[fault]
    server.script.append(behaviour)
    with pytest.raises(kind) as failure:
        read_two(line, SHORT_S)
    assert type(failure.value) is kind
    assert reason in str(failure.value)
    assert read_two(line) == TRUE
    assert (server.connections, len(server.requests)) == (2, 2)


def test_an_answer_byte_by_byte_is_an_answer(server: RtuServer, line: Line) -> None:
    server.script.append(byte_by_byte)
    assert read_two(line) == TRUE


@pytest.mark.parametrize("apart", [True, False])
def test_what_came_after_an_answer_is_never_the_next_one(server: RtuServer, line: Line, apart: bool) -> None:
    more = framed(bytes([1, 3, 2, 0, 99]))
    server.script.append(lambda _, answer: [answer, 0.01, more] if apart else [answer + more])
    assert read_two(line) == TRUE
    time.sleep(0.1)
    assert line.read("holding", 40012, 1, 1, PATIENT_S) == (9,)


@pytest.mark.parametrize("farewell", [hang_up, reset, half_close, hang_up_midway, answer_and_hang_up])
def test_a_hang_up_is_tried_once_more(server: RtuServer, line: Line, farewell: Behaviour) -> None:
    server.script.append(farewell)
    assert read_two(line) == TRUE
    assert read_two(line) == TRUE
    assert server.connections == 2


def test_a_refused_connection_says_so() -> None:
    with refusing_port() as port:
        line = Line(LOOPBACK, port, "rtu")
        with pytest.raises(Unreachable, match="refuses the connection"):
            read_two(line)


def test_an_exception_is_a_refusal_and_the_connection_stays(server: RtuServer, line: Line) -> None:
    with pytest.raises(Refused) as refused:
        line.read("holding", 40100, 1, 1, PATIENT_S)
    assert refused.value.facts["code"] == 2
    assert read_two(line) == TRUE
    assert server.connections == 1


def test_a_write_reaches_the_machine_once(server: RtuServer, line: Line) -> None:
    line.write(16, 40012, (0xFFFC,), 1, PATIENT_S)
    assert server.holding[40012] == (0xFFFC,)
    assert [request.frame[6:].hex() for request in server.requests] == ["01109c4c000102fffc"]


@pytest.mark.parametrize("echo", [_set(2, 0), _set(3, 0), _set(5, 2)])
def test_a_write_that_is_confirmed_for_another_place_is_not_confirmed(
    server: RtuServer, line: Line, echo: Behaviour
) -> None:
    server.script.append(echo)
    with pytest.raises(BadAnswer, match="confirms another write"):
        line.write(16, 40012, (1,), 1, PATIENT_S)
    assert read_two(line) == TRUE


def test_random_bytes_are_never_taken_for_an_answer(server: RtuServer, line: Line) -> None:
    dice = random.Random(2024)
    for _ in range(300):
        noise = dice.randbytes(dice.choice([1, 4, 5, 7, 9, 11, 17, 40, 300]))
        if dice.random() < 0.5:
            noise = bytes([1, dice.choice([3, 0x83, 0x2B, 16, 6])]) + noise
        server.script.extend([sending(noise, Farewell.HANG_UP)] * 2)
        with pytest.raises(DriverError):
            read_two(line)
        server.script.clear()
    assert read_two(line) == TRUE


# ── What a machine calls itself ──


def test_a_machine_says_what_it_is(server: RtuServer, line: Line) -> None:
    assert line.identification(1, PATIENT_S) == Identification("NIBE", "F1245", "5539")
    assert read_two(line) == TRUE


@pytest.mark.parametrize(
    ("objects", "found"),
    [
        ({0: b"NIBE"}, Identification("NIBE", "", "")),
        ({1: b"  F1255-12 R\0\0"}, Identification("", "F1255-12 R", "")),
        ({1: b"\xff\xfe<b>F750</b>\n", 2: b"1"}, Identification("", "<b>F750</b>", "1")),
        ({1: b"F" * 200}, Identification("", "F" * 60, "")),
        ({}, Identification("", "", "")),
    ],
)
def test_a_name_is_taken_as_a_short_text(
    server: RtuServer, line: Line, objects: dict[int, bytes], found: Identification
) -> None:
    server.names = objects
    assert line.identification(1, PATIENT_S) == found


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (bytes([1, 0x2B, 0x0E, 1, 1, 0, 0, 3, 0, 4, 65]), BadAnswer),  # promises more objects than it sends
        (bytes([1, 0x2B, 0x0D, 1, 1, 0, 0, 0]), BadAnswer),  # another sort of message
        (bytes([1, 0xAB, 1]), Refused),
        (bytes([1, 3, 2, 0, 1]), BadAnswer),
    ],
)
def test_an_odd_name_is_an_error(server: RtuServer, line: Line, content: bytes, kind: type[DriverError]) -> None:
    server.script.append(sending(framed(content)))
    with pytest.raises(kind):
        line.identification(1, SHORT_S)
    assert read_two(line) == TRUE
