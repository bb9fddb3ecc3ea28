"""One connection per address, one request at a time, and an error that says what is wrong."""

from __future__ import annotations

import random
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from drivers.errors import BadAnswer, DriverError, Refused, Unreachable
from drivers.modbus_line import Line, Lines
from tests.drivers.small_models import PATIENT_S
from tests.servers import (
    LOOPBACK,
    Behaviour,
    Farewell,
    ModbusServer,
    after,
    answer_and_hang_up,
    byte_by_byte,
    exception,
    hang_up,
    hang_up_midway,
    refusing_port,
    reset,
    shifted,
    silence,
    silent_port,
    stop_midway,
)
from tests.waiting import eventually

SHORT_S = 0.2


@pytest.fixture(autouse=True)
def four_registers(server: ModbusServer) -> None:
    server.holding.update({100: (1,), 101: (2,), 102: (0xABCD,), 103: (0xFFFF,)})
    server.inputs.update({100: (9,)})


def read_four(line: Line, timeout_s: float = PATIENT_S) -> tuple[int, ...]:
    return line.read("holding", 100, 4, 1, timeout_s)


def test_holding_registers_are_read_by_function_3(server: ModbusServer, line: Line) -> None:
    assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)
    assert server.requests[0].frame[6:] == bytes([1, 3, 0, 100, 0, 4])


def test_input_registers_are_read_by_function_4(server: ModbusServer, line: Line) -> None:
    assert line.read("input", 100, 1, 7, PATIENT_S) == (9,)
    assert server.requests[0].frame[6:] == bytes([7, 4, 0, 100, 0, 1])


def test_the_connection_stays_open_between_requests(server: ModbusServer, line: Line) -> None:
    for _ in range(5):
        read_four(line)
    assert (server.connections, len(server.requests)) == (1, 5)
    assert len({request.transaction for request in server.requests}) == 5


def test_a_time_out_takes_one_time_out(server: ModbusServer, line: Line) -> None:
    server.script.append(silence)
    started = time.monotonic()
    with pytest.raises(Unreachable):
        read_four(line, 0.3)
    assert time.monotonic() - started >= 0.3
    assert len(server.requests) == 1


def test_an_answer_that_comes_after_the_time_out_is_never_taken_for_the_next_one(
    server: ModbusServer, line: Line
) -> None:
    server.script.append(after(0.3))
    with pytest.raises(Unreachable):
        line.read("holding", 100, 1, 1, SHORT_S)
    for _ in range(5):
        assert line.read("holding", 103, 1, 1, PATIENT_S) == (0xFFFF,)
        time.sleep(0.04)
    assert server.connections == 2


def test_an_answer_just_in_time_is_an_answer(server: ModbusServer, line: Line) -> None:
    server.script.append(after(0.15))
    assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)
    assert server.connections == 1


def test_an_answer_in_many_pieces_is_put_together(server: ModbusServer, line: Line) -> None:
    server.script.append(byte_by_byte)
    assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)
    assert server.connections == 1


def test_every_request_has_its_own_time_out_whoever_opened_the_line(server: ModbusServer, line: Line) -> None:
    line.read("holding", 100, 1, 1, 0.3)
    server.script.append(lambda _, answer: [answer[:5], 0.35, answer[5:7], 0.02, answer[7:]])
    assert read_four(line, PATIENT_S) == (1, 2, 0xABCD, 0xFFFF)


@pytest.mark.parametrize("code", [1, 2, 3, 4, 6])
def test_an_exception_is_a_refusal_with_its_code_and_the_line_stays(
    server: ModbusServer, line: Line, code: int
) -> None:
    server.script.append(exception(code))
    with pytest.raises(Refused) as refusal:
        read_four(line)
    assert refusal.value.facts["code"] == code
    assert str(refusal.value) == f"{line.address} answers with exception {code}"
    assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)
    assert server.connections == 1


@pytest.mark.parametrize("code", [10, 11])
def test_a_gateway_that_does_not_reach_its_unit_is_told_apart(server: ModbusServer, line: Line, code: int) -> None:
    server.script.append(exception(code))
    with pytest.raises(Unreachable, match="is a gateway that cannot reach unit 5"):
        line.read("holding", 100, 4, 5, PATIENT_S)
    assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)
    assert server.connections == 1


def test_a_refused_connection_asks_whether_modbus_is_switched_on() -> None:
    with refusing_port() as port, pytest.raises(Unreachable, match=f"{LOOPBACK}:{port} refuses the connection.*port"):
        read_four(Line(LOOPBACK, port))


# none of these names ever leaves this machine: they are too long or too odd to be asked for
@pytest.mark.parametrize("host", ["no-such-heat-pump." * 20 + "local", "heat" * 16 + ".local", "heat..pump"])
def test_an_unknown_name_is_said_to_be_unknown(host: str) -> None:
    with pytest.raises(Unreachable, match="the name ") as failure:
        read_four(Line(host, 502))
    assert str(failure.value) == f"the name {host} is not known in this network"


def test_a_port_that_swallows_everything_is_said_to_be_silent() -> None:
    started = time.monotonic()
    with silent_port() as port, pytest.raises(Unreachable, match=f"nobody answers at {LOOPBACK}:{port} within 0.2 s"):
        read_four(Line(LOOPBACK, port), SHORT_S)
    assert time.monotonic() - started < 10


def test_an_address_without_a_way_is_said_to_be_out_of_reach() -> None:
    with pytest.raises(Unreachable, match=r"127\.255\.255\.255:502 cannot be reached: "):
        read_four(Line("127.255.255.255", 502))


def test_a_machine_that_goes_and_comes_back_is_found_again() -> None:
    with ModbusServer(holding={100: (1,)}) as before:
        line = Line(LOOPBACK, before.port)
        assert line.read("holding", 100, 1, 1, PATIENT_S) == (1,)
    with pytest.raises(Unreachable, match="refuses the connection"):
        line.read("holding", 100, 1, 1, PATIENT_S)
    with ModbusServer(holding={100: (2,)}, port=before.port):
        assert line.read("holding", 100, 1, 1, PATIENT_S) == (2,)
        line.close()


def test_one_word_is_written_by_function_6(server: ModbusServer, line: Line) -> None:
    line.write(6, 101, (0x1234,), 3, PATIENT_S)
    assert [request.frame[6:] for request in server.requests] == [bytes([3, 6, 0, 101, 0x12, 0x34])]
    assert server.holding[101] == (0x1234,)


def test_words_are_written_by_function_16(server: ModbusServer, line: Line) -> None:
    server.holding[200] = (0, 0)
    line.write(16, 200, (0x4285, 0x41A6), 1, PATIENT_S)
    assert [request.frame[6:] for request in server.requests] == [
        bytes([1, 16, 0, 200, 0, 2, 4, 0x42, 0x85, 0x41, 0xA6])
    ]
    assert server.holding[200] == (0x4285, 0x41A6)


@pytest.mark.parametrize("function", [6, 16])
@pytest.mark.parametrize(
    ("behaviour", "kind", "reason"),
    [
        (silence, Unreachable, "did not answer"),
        (hang_up, Unreachable, "closed the connection"),
        (hang_up_midway, Unreachable, "closed the connection"),
        (reset, Unreachable, "closed the connection"),
        (after(0.4), Unreachable, "did not answer"),
        (stop_midway, BadAnswer, "do not answer the request"),
        (shifted("transaction", 1), BadAnswer, "do not answer the request"),
        (shifted("byte_count", 1), BadAnswer, "confirms another write than the one at 101"),
        (lambda _, answer: [answer[:-1] + b"\x63"], BadAnswer, "confirms another write than the one at 101"),
        (exception(2, of_function=3), BadAnswer, "instead of"),
        (exception(10), Unreachable, "cannot reach unit 1"),
        (exception(3), Refused, "exception 3"),
    ],
)
def test_a_write_is_never_sent_twice(
    server: ModbusServer, line: Line, function: int, behaviour: Behaviour, kind: type[DriverError], reason: str
) -> None:
    server.script.append(behaviour)
    with pytest.raises(kind, match=reason):
        line.write(function, 101, (5,), 1, SHORT_S)
    assert read_four(line)[2:] == (0xABCD, 0xFFFF)
    assert [request.function for request in server.requests] == [function, 3]


@pytest.mark.parametrize("function", [6, 16])
def test_after_a_foreign_confirmation_the_line_is_a_new_one(server: ModbusServer, line: Line, function: int) -> None:
    server.script.append(shifted("byte_count", 1))
    with pytest.raises(BadAnswer):
        line.write(function, 101, (5,), 1, PATIENT_S)
    read_four(line)
    assert server.connections == 2


def test_a_write_does_not_begin_on_a_line_that_the_machine_has_closed(server: ModbusServer, line: Line) -> None:
    server.script.append(answer_and_hang_up)
    read_four(line)
    assert eventually(lambda: server.open_connections == 0)
    line.write(6, 101, (5,), 1, PATIENT_S)
    assert server.holding[101] == (5,)
    assert [request.function for request in server.requests] == [3, 6]


def test_what_a_machine_says_unasked_is_not_listened_to(server: ModbusServer, line: Line) -> None:
    def answer_and_babble(request: object, answer: bytes) -> list[bytes | float | Farewell]:
        return [answer, 0.02, answer[:2] + b"\0\0\0\x05\x01\x03\x02\x63\x63"]

    server.script.append(answer_and_babble)
    assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)
    time.sleep(0.1)
    assert read_four(line) == (1, 2, 0xABCD, 0xFFFF)
    assert server.connections == 2


def test_many_threads_share_one_line_without_ever_crowding_it(server: ModbusServer, line: Line) -> None:
    server.rules.append((lambda _: True, after(0.002)))
    server.holding.update({at: (at,) for at in range(1000, 1100)})
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda at: line.read("holding", at, 1, 1, PATIENT_S), range(1000, 1100)))
    assert got == [(at,) for at in range(1000, 1100)]
    assert (server.connections, server.crowded) == (1, 0)


def test_lines_to_one_address_are_one_line_until_the_last_user_gives_it_back(server: ModbusServer) -> None:
    lines = Lines()
    first, second = lines.take(LOOPBACK, server.port), lines.take(LOOPBACK, server.port)
    assert first is second
    read_four(first)
    lines.give_back(first)
    read_four(second)
    assert server.connections == 1
    lines.give_back(second)
    assert eventually(lambda: server.open_connections == 0)
    third = lines.take(LOOPBACK, server.port)
    assert third is not first
    assert read_four(third) == (1, 2, 0xABCD, 0xFFFF)
    lines.give_back(third)


def test_a_line_of_three_stays_open_for_the_third(server: ModbusServer) -> None:
    lines = Lines()
    line, _, _ = (lines.take(LOOPBACK, server.port) for _ in range(3))
    read_four(line)
    lines.give_back(line)
    lines.give_back(line)
    assert lines.take(LOOPBACK, server.port) is line
    lines.give_back(line)
    read_four(line)
    assert server.connections == 1
    lines.give_back(line)
    assert eventually(lambda: server.open_connections == 0)


def test_lines_to_other_ports_are_other_lines(server: ModbusServer) -> None:
    lines = Lines()
    with ModbusServer(holding={100: (7,)}) as neighbour:
        mine, theirs = lines.take(LOOPBACK, server.port), lines.take(LOOPBACK, neighbour.port)
        assert mine.read("holding", 100, 1, 1, PATIENT_S) == (1,)
        assert theirs.read("holding", 100, 1, 1, PATIENT_S) == (7,)
        lines.give_back(mine)
        lines.give_back(theirs)


def test_a_line_closed_during_a_request_finishes_it_first(server: ModbusServer, line: Line) -> None:
    server.script.append(after(0.2))
    got: list[tuple[int, ...]] = []
    reader = threading.Thread(target=lambda: got.append(read_four(line)))
    reader.start()
    assert eventually(lambda: len(server.requests) == 1)
    line.close()
    reader.join(10)
    assert got == [(1, 2, 0xABCD, 0xFFFF)]
    assert eventually(lambda: server.open_connections == 0)


def test_the_words_of_a_frame_are_what_the_machine_holds(server: ModbusServer, line: Line) -> None:
    dice = random.Random(7)
    words = [dice.getrandbits(16) for _ in range(125)]
    server.holding.update({at: (word,) for at, word in enumerate(words, 500)})
    assert line.read("holding", 500, 125, 1, PATIENT_S) == tuple(words)
    assert struct.unpack(">H", server.requests[0].frame[10:12]) == (125,)
