"""A simulated Luxtronik controller: three tables, as long as real ones, over its own TCP protocol."""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Unpack

from drivers.errors import OutOfRange
from drivers.luxtronik_wire import READ, WRITE_PARAMETER
from drivers.model import Model
from drivers.sensor import Options
from drivers.simulators.base import Serving
from drivers.simulators.luxtronik_tables import NEWEST, LiveTables, ReplayedTables
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from drivers.simulators.tcp_server import TcpServer


class LuxtronikSimulator(TcpServer):
    """One controller on one port.

    `changed` is the status that goes before the calculations until the parameters are read. With `dump` (table →
    integers) a recorded machine is replayed. Raises OutOfRange for a pinned value that does not fit.
    """

    name = "luxtronik-simulator"

    def __init__(
        self,
        model: Model,
        options: Options,
        plant: Plant,
        *,
        pinned: Mapping[str, float | int | str] | None = None,
        with_optional: bool = True,
        dump: Mapping[str, Sequence[int]] | None = None,
        **serving: Unpack[Serving],
    ) -> None:
        super().__init__(plant, **serving)
        self.readout = None
        self.tables: LiveTables | ReplayedTables
        if dump is None:
            pins = {"firmware": NEWEST, **(pinned or {})}
            self.readout = Readout(model, options, plant, pinned=pins, with_optional=with_optional)
            self.tables = LiveTables(self.readout, str(pins["firmware"]))
        else:
            self.tables = ReplayedTables(dump)
        self.changed = 0

    def converse(self, connection: socket.socket) -> None:
        while True:
            command, first = struct.unpack(">2i", _exactly(connection, 8))
            value = struct.unpack(">i", _exactly(connection, 4))[0] if command == WRITE_PARAMETER else 0
            answer = self.answered(partial(self._answer, command, first, value))
            connection.sendall(answer)  # in one piece: some clients do not put pieces together

    def _answer(self, command: int, at: int, value: int) -> bytes:
        """The whole answer; nothing for a command that no controller knows."""
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
