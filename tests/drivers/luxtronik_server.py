"""A controller with the Luxtronik's protocol on the loopback that does what a test tells it."""

from __future__ import annotations

import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from tests.servers import LOOPBACK, Farewell, Step

Behaviour = Callable[[bytes], Sequence[Step]]
"""From the right answer to what really happens."""

TABLES = {3003: "parameters", 3004: "calculations", 3005: "visibilities"}


def properly(answer: bytes) -> Sequence[Step]:
    return [answer]


class LuxtronikServer:
    """Three tables behind one port. Each question is treated by the next behaviour of `script`, else properly."""

    def __init__(self, firmware: str = "V3.81") -> None:
        self.parameters = [0] * 1087
        self.calculations = [0] * 249
        self.visibilities = [0] * 337
        self.calculations[81:91] = [*map(ord, firmware), *[0] * (10 - len(firmware))]
        self.status = 0
        self.script: deque[Behaviour] = deque()
        self.questions: list[tuple[int, ...]] = []
        self.most_at_once = 0
        self._open: set[socket.socket] = set()
        self._stopping = threading.Event()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._welcome)]
        self._threads[0].start()

    def __enter__(self) -> LuxtronikServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for each in (self._listener, *list(self._open)):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()
        assert not any(thread.is_alive() for thread in self._threads)

    @property
    def open_connections(self) -> int:
        return len(self._open)

    @property
    def commands(self) -> list[int]:
        return [question[0] for question in self.questions]

    def _welcome(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open.add(connection)
            self.most_at_once = max(self.most_at_once, len(self._open))
            self._threads.append(threading.Thread(target=self._converse, args=(connection,)))
            self._threads[-1].start()

    def _converse(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, struct.error), connection.makefile("rb") as incoming:
            while True:
                question = struct.unpack(">2i", incoming.read(8))
                if question[0] == 3002:
                    question += struct.unpack(">i", incoming.read(4))
                self.questions.append(question)
                behaviour = self.script.popleft() if self.script else properly
                if not self._perform(connection, behaviour(self._answer(question))):
                    break
        self._open.discard(connection)

    def _answer(self, question: tuple[int, ...]) -> bytes:
        command = question[0]
        if command == 3002:
            self.parameters[question[1]] = question[2]
            return struct.pack(">2i", *question[:2])
        table = getattr(self, TABLES[command])
        if command == 3005:
            return struct.pack(f">2i{len(table)}b", command, len(table), *table)
        head = (command, self.status, len(table)) if command == 3004 else (command, len(table))
        return struct.pack(f">{len(head) + len(table)}i", *head, *table)

    def _perform(self, connection: socket.socket, steps: Sequence[Step]) -> bool:
        for step in steps:
            if isinstance(step, bytes):
                connection.sendall(step)
            elif isinstance(step, float):
                if self._stopping.wait(step):
                    return False
            else:
                if step is Farewell.RESET:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
        return True
