"""A simulated Luxtronik controller: three tables, as long as real ones, over its own TCP protocol."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from drivers.errors import OutOfRange
from drivers.luxtronik_wire import READ, WRITE_PARAMETER
from drivers.model import Model, Options
from drivers.simulators.luxtronik_tables import LiveTables, ReplayedTables
from drivers.simulators.plant import Plant


class LuxtronikSimulator:
    """One controller on one port; a thread per connection, one answer at a time.

    `clock` gives seconds; the plant lives `speed` of them for each, counted from its own time when this is made.
    `delay_s` is the pause before each answer, `changed` the status that goes before the calculations until the
    parameters are read. With `dump` (table → integers) a recorded machine is replayed. `requests` counts the questions.
    Raises OutOfRange for a pinned value that does not fit.
    """

    def __init__(
        self,
        model: Model,
        options: Options,
        plant: Plant,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        delay_s: float = 0.0,
        pinned: Mapping[str, float | int | str] | None = None,
        speed: float = 1.0,
        dump: Mapping[str, Sequence[int]] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.tables = LiveTables(model, options, plant, pinned or {}) if dump is None else ReplayedTables(dump)
        self.plant = plant
        self.host = host
        self.port = port
        self.delay_s = delay_s
        self.changed = 0
        self.requests = 0
        self._speed = speed
        self._clock = clock
        self._since = clock()
        self._plant_since = float(plant.at)
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

    def _begin(self, work: Callable[[socket.socket], None], connection: socket.socket) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, args=(connection,), name="luxtronik-simulator", daemon=True)
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
                self._begin(self._converse, connection)

    def _converse(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, EOFError):
            while True:
                command, first = struct.unpack(">2i", _exactly(connection, 8))
                value = struct.unpack(">i", _exactly(connection, 4))[0] if command == WRITE_PARAMETER else 0
                if self.delay_s:
                    time.sleep(self.delay_s)
                with self._turn:
                    self.requests += 1
                    answer = self._answer(command, first, value)
                connection.sendall(answer)  # in one piece: some clients do not put pieces together
        with self._turn:
            self._connections.discard(connection)

    def _answer(self, command: int, at: int, value: int) -> bytes:
        """The whole answer; nothing for a command that no controller knows."""
        self.plant.advance(self._plant_since + (self._clock() - self._since) * self._speed)
        if command == WRITE_PARAMETER:
            with suppress(OutOfRange):  # a real one confirms the arrival as well, and goes on as before
                self.tables.write(at, value)
            return struct.pack(">2i", command, at)
        name = next((table for table, number in READ.items() if number == command), None)
        if name is None:
            return b""
        content = self.tables.table(name)
        if name == "parameters":
            self.changed = 0
        if name == "visibilities":
            return struct.pack(f">2i{len(content)}b", command, len(content), *content)
        head = (command, self.changed) if name == "calculations" else (command,)
        return struct.pack(f">{len(head) + 1 + len(content)}i", *head, len(content), *content)


def _exactly(connection: socket.socket, count: int) -> bytes:
    """Raises EOFError when the other side hangs up before."""
    content = b""
    while len(content) < count:
        piece = connection.recv(count - len(content))
        if not piece:
            raise EOFError
        content += piece
    return content


def _hang_up(*sockets: socket.socket) -> None:
    for each in sockets:
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
