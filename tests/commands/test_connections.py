"""Who opens many connections, sends slowly or reads nothing keeps nobody else from being served."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from threading import Thread
from typing import Any

import pytest
from waitress.server import create_server

from app.commands import connections
from app.commands.connections import Limits, household

THREADS = 2
LARGE = 40_000_000
"""More than the web server keeps of an answer before its thread has to wait for the reader."""
MOST_SENT = 1000


def answers(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterator[bytes]:
    if int(environ.get("CONTENT_LENGTH") or 0) > MOST_SENT:
        start_response("413 Too Large", [])
        yield b"in words of our own"
        return
    start_response("200 OK", [])
    pieces = LARGE // 100_000 if environ["PATH_INFO"] == "/large" else 1
    yield from (b"x" * 100_000 for _ in range(pieces))


@contextmanager
def served(limits: Limits) -> Iterator[int]:
    """The port of a server with these limits."""
    sockets: dict[int, Any] = {}
    server = create_server(
        answers,
        sockets,
        host="127.0.0.1",
        port=0,
        threads=THREADS,
        asyncore_use_poll=True,
        max_request_body_size=2 * MOST_SENT,
    )
    connections.limit(sockets, limits)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.task_dispatcher.shutdown()
        with suppress(OSError):  # its loop may close the trigger before we have pulled it
            server.trigger.pull_trigger(lambda: [each.close() for each in list(sockets.values())])
        thread.join(10)


def opened(port: int, sent: bytes) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=10)
    made.sendall(sent)
    return made


def ended(connection: socket.socket) -> bool:
    """The other side hung up; with a reset when it had not read all of what it was sent."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def status(port: int) -> int:
    asking = HTTPConnection("127.0.0.1", port, timeout=10)
    asking.request("GET", "/")
    answer = asking.getresponse()
    answer.read()
    asking.close()
    return answer.status


@pytest.mark.parametrize("limits", [Limits(of_one_address=8), Limits(connections=8)])
def test_who_holds_many_connections_loses_the_oldest_and_nobody_is_shut_out(limits: Limits) -> None:
    with served(limits) as port, ExitStack() as held:
        idle = [held.enter_context(opened(port, b"GET / HTTP/1.1\r\nX: ")) for _ in range(40)]
        assert status(port) == 200
        assert ended(idle[0])


def test_a_request_that_never_ends_is_given_up() -> None:
    with served(Limits(request_s=0.3)) as port, opened(port, b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\na") as slow:
        assert ended(slow)


def test_who_reads_nothing_of_a_large_answer_holds_no_thread() -> None:
    with served(Limits(reading_s=0.5)) as port, ExitStack() as held:
        for _ in range(THREADS):
            held.enter_context(opened(port, b"GET /large HTTP/1.1\r\n\r\n"))
        assert status(port) == 200


def test_who_reads_a_large_answer_gets_all_of_it() -> None:
    with served(Limits(reading_s=0.5)) as port:
        asking = HTTPConnection("127.0.0.1", port, timeout=30)
        asking.request("GET", "/large")
        answer, length = asking.getresponse(), 0
        while piece := answer.read(1_000_000):
            length += len(piece)
            time.sleep(0.02)
        assert length == LARGE


@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.168.1.7", "192.168.1.7"),
        ("::ffff:192.168.1.7", "192.168.1.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("2001:db8:0:1:aaaa::7", "2001:db8:0:1::/64"),
        ("somewhere", "somewhere"),
    ],
)
def test_an_ipv6_household_is_one(address: str, counted_as: str) -> None:
    assert household(address) == counted_as


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        ("Content-Length: 2500", b"x" * 2500),
        ("Content-Length: 2500", b""),
        ("Transfer-Encoding: chunked", b"9c4\r\n" + b"x" * 2500 + b"\r\n0\r\n\r\n"),
        ("Content-Length: 1500", b"x" * 1500),
    ],
)
def test_what_is_too_large_is_refused_in_the_words_of_the_application(headers: str, sent: bytes) -> None:
    with (
        served(Limits()) as port,
        opened(port, f"POST / HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n".encode() + sent) as asking,
    ):
        answer = HTTPResponse(asking)
        answer.begin()
        assert (answer.status, answer.read()) == (413, b"in words of our own")
