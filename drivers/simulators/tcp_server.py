"""A simulated machine behind a port: a thread per connection, one answer at a time, in the plant's own time."""

from __future__ import annotations

import socket
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from drivers.simulators.plant import Plant
from drivers.simulators.tempo import Tempo


class TcpServer(ABC):
    """What the simulators of plain TCP protocols share; each says in `converse` how it talks.

    `clock` gives seconds; the plant lives `speed` of them for each, counted from its own time when this is made.
    `delay_s` is the pause before each answer; `requests` counts the questions.
    """

    name = "simulator"

    def __init__(
        self, plant: Plant, host: str, port: int, delay_s: float, speed: float, clock: Callable[[], float]
    ) -> None:
        self.plant = plant
        self.host = host
        self.port = port
        self.delay_s = delay_s
        self.requests = 0
        self._tempo = Tempo(plant, speed, clock)
        self._turn = threading.Lock()
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self._connections: set[socket.socket] = set()

    def start(self) -> int:
        """Listen, and say on which port. Raises OSError naming host and port when that cannot be."""
        if self._listener is not None:
            raise RuntimeError(f"the simulator on {self.host}:{self.port} already runs")
        try:
            listener = socket.create_server((self.host, self.port))
        except OSError as error:
            raise OSError(error.errno, f"cannot listen on {self.host}:{self.port}: {error.strerror}") from error
        self._listener, self.port = listener, listener.getsockname()[1]
        self._begin(self._welcome, listener)
        return self.port

    def stop(self) -> None:
        """Drop the connections, close the port and end the threads."""
        if self._listener is None:
            return
        with self._turn:
            listener, self._listener = self._listener, None
            _hang_up(listener, *self._connections)
        for thread in self._threads:
            thread.join()
        listener.close()
        self._threads.clear()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def open_connections(self) -> int:
        return len(self._connections)

    @abstractmethod
    def converse(self, connection: socket.socket) -> None:
        """Answer until the other side hangs up; OSError and EOFError end it as well."""

    def answered(self, answer: Callable[[], bytes]) -> bytes:
        """What `answer` says after the pause, when it is this question's turn."""
        if self.delay_s:
            time.sleep(self.delay_s)
        with self._turn:
            self.requests += 1
            self._tempo.keep_up()
            return answer()

    def _begin(self, work: Callable[[socket.socket], None], connection: socket.socket) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, args=(connection,), name=self.name, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _welcome(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self._turn:
                if self._listener is None:
                    connection.close()
                    return
                self._connections.add(connection)
                self._begin(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, EOFError):
            self.converse(connection)
        with self._turn:
            self._connections.discard(connection)


def _hang_up(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
