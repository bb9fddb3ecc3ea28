"""One conversation with a Luxtronik controller: connect, ask for whole tables or write one parameter, hang up."""

from __future__ import annotations

import socket
import struct
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

from drivers import tcp
from drivers.errors import BadAnswer, Unreachable

WRITE_PARAMETER = 3002
READ = {"parameters": 3003, "calculations": 3004, "visibilities": 3005}
LONGEST_TABLE = 5_000
"""Far beyond every known firmware (1200 parameters); a longer length is not one."""


class Conversation:
    """One connection; `timeout_s` bounds the connecting and each question, however slowly an answer trickles in.

    Every number is a signed 32-bit integer, most significant byte first; a visibility is one signed byte. After any
    failure the conversation is over: a lost integer would give every later one the place of its neighbour.
    """

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        self.address = f"{host}:{port}"
        self.changed = False
        """The controller said that its parameters changed; it wants them to be read."""
        self._timeout_s = timeout_s
        self._socket = _opened(host, port, timeout_s, self.address)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def table(self, name: str) -> tuple[int, ...]:
        """All of a table, as long as this firmware has it. Raises Unreachable or BadAnswer."""
        command = READ[name]
        deadline = self._send(command, 0)
        self._echo(command, deadline)
        if name == "calculations":
            status = self._integers(1, deadline)[0]
            if status < 0:
                raise self._foreign()
            self.changed = self.changed or status > 0
        count = self._integers(1, deadline)[0]
        if not 0 <= count <= LONGEST_TABLE:
            raise self._foreign()
        content = self._bytes(count, deadline) if name == "visibilities" else None
        table = struct.unpack(f">{count}b", content) if content is not None else self._integers(count, deadline)
        self._nothing_more()
        return table

    def write(self, at: int, value: int) -> None:
        """Set one parameter; the answer only says that it arrived. Never sent twice.

        Raises Unreachable or BadAnswer; after either it is unknown whether the machine took the value.
        """
        deadline = self._send(WRITE_PARAMETER, at, value)
        self._echo(WRITE_PARAMETER, deadline)
        if self._integers(1, deadline)[0] != at:
            raise BadAnswer("%(address)s confirms another write than the one at %(at)d", address=self.address, at=at)

    def _send(self, *numbers: int) -> float:
        """Ask; until when (monotonic seconds) the answer is waited for."""
        deadline = time.monotonic() + self._timeout_s
        self._socket.settimeout(self._timeout_s)
        try:
            self._socket.sendall(struct.pack(f">{len(numbers)}i", *numbers))
        except TimeoutError as error:
            raise self._silent() from error
        except OSError as error:
            raise self._closed() from error
        return deadline

    def _echo(self, command: int, deadline: float) -> None:
        if self._integers(1, deadline)[0] != command:
            raise self._foreign()

    def _integers(self, count: int, deadline: float) -> tuple[int, ...]:
        return struct.unpack(f">{count}i", self._bytes(4 * count, deadline))

    def _bytes(self, count: int, deadline: float) -> bytes:
        content = bytearray()
        while len(content) < count:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise self._silent()
            self._socket.settimeout(left_s)
            try:
                piece = self._socket.recv(count - len(content))
            except TimeoutError as error:
                raise self._silent() from error
            except OSError as error:
                raise self._closed() from error
            if not piece:
                raise self._closed()
            content += piece
        return bytes(content)

    def _nothing_more(self) -> None:
        """What has arrived behind an answer says that its length was wrong, so nothing in it is sure."""
        self._socket.settimeout(0)
        try:
            more = self._socket.recv(1, socket.MSG_PEEK)
        except OSError:
            return
        if more:
            raise self._foreign()

    def _silent(self) -> Unreachable:
        return Unreachable(
            "%(address)s is connected but did not answer within %(seconds)g s",
            address=self.address,
            seconds=self._timeout_s,
            cause="silent",
        )

    def _closed(self) -> Unreachable:
        return Unreachable("%(address)s closed the connection", address=self.address, cause="closed")

    def _foreign(self) -> BadAnswer:
        return BadAnswer("%(address)s sends frames that do not answer the request", address=self.address)


def _opened(host: str, port: int, timeout_s: float, address: str) -> socket.socket:
    try:
        return tcp.connect(host, port, timeout_s)
    except ConnectionRefusedError as error:
        raise Unreachable(
            "%(address)s refuses the connection: is the port right, and does another program hold the line?",
            address=address,
            cause="refused",
        ) from error
