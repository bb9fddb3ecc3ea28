"""Machines on the loopback that do what a test tells them: answer, stay silent, hang up, stammer or lie."""

from __future__ import annotations

import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived on which connection (counted from 1); `words` are those of a write."""

    connection: int
    transaction: int
    unit: int
    function: int
    at: int
    count: int
    words: tuple[int, ...]
    frame: bytes


class Farewell(Enum):
    HANG_UP = auto()
    RESET = auto()
    HALF_CLOSE = auto()


Step = bytes | float | Farewell
"""Bytes to send, seconds to wait, or a way to end the connection."""

Behaviour = Callable[[Request, bytes], Sequence[Step]]
"""From a request and its right answer to what really happens."""

_FIELDS = {"transaction": 0, "protocol": 2, "length": 4, "unit": 6, "function": 7, "byte_count": 8}


def properly(_: Request, answer: bytes) -> Sequence[Step]:
    return [answer]


def silence(_: Request, __: bytes) -> Sequence[Step]:
    return []


def hang_up(_: Request, __: bytes) -> Sequence[Step]:
    return [Farewell.HANG_UP]


def reset(_: Request, __: bytes) -> Sequence[Step]:
    return [Farewell.RESET]


def half_close(_: Request, __: bytes) -> Sequence[Step]:
    return [Farewell.HALF_CLOSE]


def answer_and_hang_up(_: Request, answer: bytes) -> Sequence[Step]:
    return [answer, Farewell.HANG_UP]


def hang_up_midway(_: Request, answer: bytes) -> Sequence[Step]:
    return [answer[: len(answer) // 2], Farewell.HANG_UP]


def stop_midway(_: Request, answer: bytes) -> Sequence[Step]:
    return [answer[: len(answer) // 2]]


def byte_by_byte(_: Request, answer: bytes) -> Sequence[Step]:
    return [step for byte in answer for step in (bytes([byte]), 0.001)]


def after(seconds: float) -> Behaviour:
    return lambda _, answer: [seconds, answer]


def sending(*steps: Step) -> Behaviour:
    return lambda _, __: steps


def framed(pdu: bytes, *then: Step) -> Behaviour:
    """A right head and this content, whatever was asked."""
    return lambda request, _: [frame(request, pdu), *then]


def exception(code: int, of_function: int | None = None) -> Behaviour:
    """Refuse the function that was asked for, or (as a mad machine) another one."""
    return lambda request, _: [frame(request, bytes([(of_function or request.function) | 0x80, code]))]


def shifted(field: str, by: int) -> Behaviour:
    """The right answer with one number of its head changed."""

    def behave(_: Request, answer: bytes) -> Sequence[Step]:
        at, form = _FIELDS[field], ">H" if _FIELDS[field] < 6 else ">B"
        size = struct.calcsize(form)
        changed = struct.unpack(form, answer[at : at + size])[0] + by
        return [answer[:at] + struct.pack(form, changed % 256**size) + answer[at + size :]]

    return behave


def registers(change: Callable[[bytes], bytes]) -> Behaviour:
    """A well-formed answer with other registers in it."""

    def behave(request: Request, answer: bytes) -> Sequence[Step]:
        content = change(answer[9:])
        return [frame(request, bytes([request.function, len(content)]) + content)]

    return behave


def frame(request: Request, pdu: bytes) -> bytes:
    return struct.pack(">HHHB", request.transaction, 0, len(pdu) + 1, request.unit) + pdu


class ModbusServer:
    """One machine on a port of its own: data points per table, served one thread per connection.

    A data point is an address and its words. As on a real controller a read must begin at a point and end with
    one, and points may overlap: what is read depends on where the read begins. Each request is treated by the
    next behaviour of `script`, else by the first rule whose question it answers with yes, else properly. Whatever
    happens to the answer of a write, the write itself is carried out when its points exist.
    """

    def __init__(
        self,
        holding: Mapping[int, tuple[int, ...]] | None = None,
        inputs: Mapping[int, tuple[int, ...]] | None = None,
        port: int = 0,
    ) -> None:
        self.holding = dict(holding or {})
        self.inputs = dict(inputs or {})
        self.coils: dict[int, int] = {}
        self.discrete: dict[int, int] = {}
        self.script: deque[Behaviour] = deque()
        self.rules: list[tuple[Callable[[Request], bool], Behaviour]] = []
        self.requests: list[Request] = []
        self.connections = 0
        self.crowded = 0
        """How often a request arrived on a connection before the one in front of it was answered."""
        self._open: dict[int, socket.socket] = {}
        self._stopping = threading.Event()
        self._listener = socket.create_server((LOOPBACK, port))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._welcome, name=f"modbus-server-{self.port}")]
        self._threads[0].start()

    def __enter__(self) -> ModbusServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def open_connections(self) -> int:
        return len(self._open)

    def asked(self) -> list[tuple[int, int]]:
        """(address, count) of every request so far."""
        return [(request.at, request.count) for request in self.requests]

    def stop(self) -> None:
        """End all conversations, then let go of the port."""
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join(10)
        for connection in list(self._open.values()):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()
        assert not any(thread.is_alive() for thread in self._threads)

    def _welcome(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            number = self.connections
            self._open[number] = connection
            thread = threading.Thread(target=self._converse, args=(connection, number), name=f"modbus-server-{number}")
            self._threads.append(thread)
            thread.start()

    def _converse(self, connection: socket.socket, number: int) -> None:
        with connection, suppress(OSError), connection.makefile("rb") as incoming:
            while (request := self._request(incoming.read, number)) is not None:
                self.requests.append(request)
                steps = self._behaviour(request)(request, self._answer(request))
                if not self._perform(connection, steps):
                    break
        del self._open[number]

    def _request(self, read: Callable[[int], bytes], connection: int) -> Request | None:
        return _next_request(read, connection)

    def _behaviour(self, request: Request) -> Behaviour:
        if self.script:
            return self.script.popleft()
        return next((behaviour for question, behaviour in self.rules if question(request)), properly)

    def _perform(self, connection: socket.socket, steps: Sequence[Step]) -> bool:
        """Carry out the steps; False when the conversation is over."""
        for step in steps:
            if isinstance(step, bytes):
                self.crowded += _has_bytes(connection)
                connection.sendall(step)
            elif isinstance(step, float):
                if self._stopping.wait(step):
                    return False
            elif step is Farewell.HALF_CLOSE:
                connection.shutdown(socket.SHUT_WR)
            else:
                if step is Farewell.RESET:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
        return True

    def _answer(self, request: Request) -> bytes:
        if request.function in {1, 2, 5}:
            return self._answer_with_bits(request)
        if request.function not in {3, 4, 6, 16}:
            return frame(request, bytes([request.function | 0x80, 1]))
        points = self.inputs if request.function == 4 else self.holding
        places = _walk(points, request.at, request.count)
        if places is None:
            return frame(request, bytes([request.function | 0x80, 2]))
        if request.words:
            rest = deque(request.words)
            points.update({at: tuple(rest.popleft() for _ in points[at]) for at in places})
            return frame(request, request.frame[7:12])
        words = [word for at in places for word in points[at]]
        return frame(request, struct.pack(f">BB{len(words)}H", request.function, 2 * len(words), *words))

    def _answer_with_bits(self, request: Request) -> bytes:
        bits = self.discrete if request.function == 2 else self.coils
        places = range(request.at, request.at + request.count)
        if not all(at in bits for at in places):
            return frame(request, bytes([request.function | 0x80, 2]))
        if request.words:
            bits[request.at] = int(request.words[0] == 0xFF00)
            return frame(request, request.frame[7:12])
        content = sum(bits[at] << place for place, at in enumerate(places)).to_bytes(-(-len(places) // 8), "little")
        return frame(request, bytes([request.function, len(content)]) + content)


def _next_request(read: Callable[[int], bytes], connection: int) -> Request | None:
    head = read(7)
    if len(head) < 7:
        return None
    transaction, _, length, unit = struct.unpack(">HHHB", head)
    pdu = read(length - 1)
    function, at, third = struct.unpack(">BHH", pdu[:5].ljust(5, b"\0"))  # some functions say less
    words: tuple[int, ...] = ()
    if function in {5, 6}:
        words, third = (third,), 1
    if function == 16:
        words = struct.unpack(f">{pdu[5] // 2}H", pdu[6:])
    return Request(connection, transaction, unit, function, at, third, words, head + pdu)


def _walk(points: Mapping[int, tuple[int, ...]], at: int, count: int) -> list[int] | None:
    """The points that a read of `count` words from `at` covers, or None when it hits a gap or half a point."""
    places, end = [], at + count
    while at < end:
        if at not in points:
            return None
        places.append(at)
        at += len(points[at])
    return places if at == end else None


def _has_bytes(connection: socket.socket) -> bool:
    try:
        return bool(connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return False


@contextmanager
def refusing_port() -> Iterator[int]:
    """A port of our own where nobody listens."""
    with socket.socket() as bound:
        bound.bind((LOOPBACK, 0))
        yield bound.getsockname()[1]


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that swallows connection attempts: its one place in the queue is taken."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        listener.listen(0)
        with socket.create_connection(listener.getsockname()):
            yield listener.getsockname()[1]


@contextmanager
def speaking(answer: bytes) -> Iterator[int]:
    """A program that answers whatever it hears first with these bytes, and hangs up."""
    listener = socket.create_server((LOOPBACK, 0))

    def welcome() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.recv(1024)
                connection.sendall(answer)

    thread = threading.Thread(target=welcome)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        listener.close()
