"""A simulated machine behind plain TCP: a thread per connection, one answer at a time."""

from __future__ import annotations

import socket
import threading
import time
from abc import abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Unpack

from drivers.simulators.base import Serving, Simulator
from drivers.simulators.plant import Plant


class TcpServer(Simulator):
    """What the simulators of plain TCP protocols share; each says in `converse` how it talks."""

    def __init__(self, plant: Plant, **serving: Unpack[Serving]) -> None:
        super().__init__(plant, **serving)
        self._turn = threading.Lock()
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self._connections: set[socket.socket] = set()

    @property
    def running(self) -> bool:
        return self._listener is not None

    def _listen(self) -> int:
        self._listener = listener = socket.create_server((self.host, self.port))
        self._begin(self._welcome, listener)
        port: int = listener.getsockname()[1]
        return port

    def stop(self) -> None:
        if self._listener is None:
            return
        with self._turn:
            listener, self._listener = self._listener, None
            _hang_up(listener, *self._connections)
        for thread in self._threads:
            thread.join()
        listener.close()
        self._threads.clear()

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
