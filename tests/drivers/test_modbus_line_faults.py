"""No frame is ever taken for another's answer, whatever a machine sends."""

from __future__ import annotations

import random
import time

import pytest

from drivers.errors import BadAnswer, DriverError, Unreachable
from drivers.modbus_line import Line
from tests.drivers.small_models import PATIENT_S
from tests.servers import (
    Behaviour,
    Farewell,
    ModbusServer,
    after,
    answer_and_hang_up,
    exception,
    framed,
    half_close,
    hang_up,
    hang_up_midway,
    registers,
    reset,
    sending,
    shifted,
    silence,
    stop_midway,
)

SHORT_S = 0.2


@pytest.fixture(autouse=True)
def four_registers(server: ModbusServer) -> None:
    server.holding.update({100: (1,), 101: (2,), 102: (0xABCD,), 103: (0xFFFF,)})
    server.inputs.update({100: (9,)})


def read_four(line: Line, timeout_s: float = PATIENT_S) -> tuple[int, ...]:
    return line.read("holding", 100, 4, 1, timeout_s)


FAULTS: dict[str, tuple[Behaviour, type[DriverError], str]] = {
    "silence": (silence, Unreachable, "is connected but did not answer within 0.2 s"),
    "too late": (after(0.4), Unreachable, "is connected but did not answer within 0.2 s"),
    "half an answer": (stop_midway, BadAnswer, "do not answer the request"),
    "one byte": (sending(b"\x00"), BadAnswer, "do not answer the request"),
    "foreign transaction": (shifted("transaction", 1), BadAnswer, "do not answer the request"),
    "transaction 0": (shifted("transaction", -1), BadAnswer, "do not answer the request"),
    "foreign protocol": (shifted("protocol", 1), BadAnswer, "do not answer the request"),
    "foreign unit": (shifted("unit", 1), BadAnswer, "do not answer the request"),
    "length too large": (shifted("length", 1), BadAnswer, "do not answer the request"),
    "length too small": (shifted("length", -1), BadAnswer, "do not answer the request"),
    "length of one": (shifted("length", -10), BadAnswer, "do not answer the request"),
    "length of nothing": (shifted("length", -11), BadAnswer, "do not answer the request"),
    "byte count too large": (shifted("byte_count", 2), BadAnswer, "do not answer the request"),
    "byte count odd": (shifted("byte_count", 1), BadAnswer, "do not answer the request"),
    "byte count too small": (shifted("byte_count", -2), BadAnswer, "answers 3 words instead of 4 at 100"),
    "byte count of nothing": (shifted("byte_count", -8), BadAnswer, "answers 0 words instead of 4 at 100"),
    "too many registers": (registers(lambda content: content + b"\0\7"), BadAnswer, "answers 5 words instead of 4"),
    "too few registers": (registers(lambda content: content[:-2]), BadAnswer, "answers 3 words instead of 4"),
    "no registers": (registers(lambda _: b""), BadAnswer, "answers 0 words instead of 4"),
    "function of another table": (shifted("function", 1), BadAnswer, "answers function 4 instead of 3"),
    "function of a write": (shifted("function", 3), BadAnswer, "answers function 6 instead of 3"),
    "function nobody knows": (shifted("function", 99), BadAnswer, "do not answer the request"),
    "exception of another function": (exception(2, of_function=16), BadAnswer, "instead of 3"),
    "exception without a code": (framed(b"\x83"), BadAnswer, "do not answer the request"),
    "garbage": (sending(b"HTTP/1.1 400 Bad Request\r\n\r\n"), BadAnswer, "do not answer the request"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_odd_answer_is_an_error_and_the_next_request_has_a_new_connection(
    server: ModbusServer, line: Line, fault: str
) -> None:
    behaviour, kind, reason = FAULTS[fault]
    server.script.append(behaviour)
    with pytest.raises(kind) as failure:
        read_four(line, SHORT_S)
    assert type(failure.value) is kind
    assert reason in str(failure.value)
    assert str(failure.value).startswith(line.address)
    assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)
    assert (server.connections, len(server.requests)) == (2, 2)


@pytest.mark.parametrize("farewell", [hang_up, reset, half_close, hang_up_midway])
def test_a_hang_up_is_tried_once_more(server: ModbusServer, line: Line, farewell: Behaviour) -> None:
    server.script.append(farewell)
    assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)
    assert (server.connections, len(server.requests)) == (2, 2)


@pytest.mark.parametrize("farewell", [hang_up, reset, half_close, hang_up_midway])
def test_a_second_hang_up_is_the_end(server: ModbusServer, line: Line, farewell: Behaviour) -> None:
    server.script.extend([farewell, farewell])
    with pytest.raises(Unreachable, match="closed the connection"):
        read_four(line)
    assert len(server.requests) == 2
    assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)
    assert server.connections == 3


def test_silence_after_a_hang_up_is_not_tried_again(server: ModbusServer, line: Line) -> None:
    server.script.extend([hang_up, silence])
    with pytest.raises(Unreachable, match="did not answer"):
        read_four(line, SHORT_S)
    assert len(server.requests) == 2


def test_a_machine_that_hangs_up_after_every_answer_is_read_all_the_same(server: ModbusServer, line: Line) -> None:
    server.rules.append((lambda _: True, answer_and_hang_up))
    for _ in range(5):
        assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)
    assert {request.count for request in server.requests} == {4}


def test_random_bytes_are_never_taken_for_an_answer(server: ModbusServer, line: Line) -> None:
    dice = random.Random(2024)
    for _ in range(300):
        noise = dice.randbytes(dice.choice([1, 5, 7, 8, 9, 11, 17, 40, 300]))
        server.script.extend([sending(noise, Farewell.HANG_UP)] * 2)
        with pytest.raises(DriverError):
            read_four(line)
        server.script.clear()
    assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)


def test_a_frame_with_the_right_head_and_random_content_never_escapes_as_another_error(
    server: ModbusServer, line: Line
) -> None:
    dice = random.Random(2025)
    for _ in range(300):
        pdu = bytes([dice.randrange(256)]) + dice.randbytes(dice.choice([0, 1, 2, 3, 4, 9, 30, 250]))
        if pdu[0] == 3:
            continue  # a well-formed answer with other registers in it cannot be told from a true one
        server.script.extend([framed(pdu, Farewell.HANG_UP)] * 2)
        with pytest.raises(DriverError):
            read_four(line)
        server.script.clear()
    assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)


def test_a_damaged_head_gives_the_true_registers_or_an_error(server: ModbusServer, line: Line) -> None:
    dice = random.Random(2026)

    def damaged(answer: bytes) -> bytes:
        head = bytearray(answer[:9])
        for _ in range(dice.choice([1, 1, 2, 4])):
            head[dice.randrange(9)] = dice.choice([0, 1, 2, 3, 4, 8, 9, 11, 255, dice.randrange(256)])
        return bytes(head) + answer[9:] + dice.choice([b"", b"\0", b"\0\0\0\0"])

    for _ in range(300):
        server.script.extend([lambda _, answer: [damaged(answer), Farewell.HANG_UP]] * 2)
        try:
            got = read_four(line)
        except DriverError:
            continue
        else:
            assert got == (1, 2, 0xABCD, 0xFFFF)
        finally:
            server.script.clear()


@pytest.mark.parametrize("seed", range(8))
def test_noise_that_never_ends_is_given_up(server: ModbusServer, line: Line, seed: int) -> None:
    dice = random.Random(seed)
    steps = [step for _ in range(2000) for step in (dice.randbytes(dice.choice([1, 20, 200])), 0.01)]
    server.script.append(sending(*steps))
    started = time.monotonic()
    with pytest.raises(DriverError):
        read_four(line, 0.1)
    assert time.monotonic() - started < 10  # the noise goes on for twenty
    assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)
