"""A simulated heat pump that answers over Modbus TCP, as the controller of its model would."""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from types import TracebackType
from typing import Self, cast

from pymodbus.constants import ExcCodes
from pymodbus.framer import FramerType
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from drivers.model import Framing, Model, Options
from drivers.simulators.identification import answering
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from drivers.simulators.registers import IllegalAddress, IllegalValue, Registers
from drivers.simulators.tempo import Tempo

READ_TABLES = {3: "holding", 4: "input"}
BIT_TABLES = {1: "coil", 2: "discrete"}
WRITE_FUNCTIONS = {5: "coil", 6: "holding", 16: "holding"}
BITS_OF_A_WORD = 16
EVERY_UNIT = 0
FRAMERS = {"tcp": FramerType.SOCKET, "rtu": FramerType.RTU}
TURNS_OF_AN_ACCEPT = 4
"""What asyncio takes from a knock at the port to a connection that the server knows and can close. A listener that
closes in between leaves that connection open for good (Python 3.11)."""
IDENTIFICATION_S = 0.5
"""Longer than this, no controller thinks about its own name (NIBE MODBUS 40 installer manual, page 15)."""


class ModbusSimulator:
    """One controller on one port, in a thread of its own; it answers every unit id and one request at a time.

    `clock` gives seconds; the plant lives `speed` of them for each, counted from its own time when this is made.
    `delay_s` is the pause before each answer; `framing` is how both sides put Modbus into TCP. `requests` counts what
    was asked. Raises OutOfRange for a pinned value that does not fit.
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
        with_optional: bool = False,
        framing: Framing = "tcp",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.plant = plant
        self.readout = Readout(model, options, plant, pinned=pinned, with_optional=with_optional)
        self.registers = Registers(self.readout, model.reads)
        self._bit_tables = {each.table for each in self.readout.sensors.values()} & set(BIT_TABLES.values())
        self.host = host
        self.port = port
        self.delay_s = delay_s
        self.requests = 0
        self._model = model
        self._framing = framing
        self._tempo = Tempo(plant, speed, clock)
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    def start(self) -> int:
        """Listen, and say on which port. Raises OSError naming host and port when that cannot be."""
        if self._thread is not None:
            raise RuntimeError(f"the simulator on {self.host}:{self.port} already runs")
        _check_port(self.host, self.port)
        listening: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(listening,), name="modbus-simulator", daemon=True)
        self._thread.start()
        try:
            self.port = listening.result()
        finally:
            if listening.exception():
                self.stop()
        return self.port

    def stop(self) -> None:
        """Drop the connections, close the port and end the thread."""
        if self._thread is None:
            return
        if self._loop is not None and self._stopping is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self, listening: Future[int]) -> None:
        try:
            asyncio.run(self._serve(listening))
        except BaseException as error:
            if listening.done():
                raise
            listening.set_exception(error)  # whoever waits in start() shall hear of it

    async def _serve(self, listening: Future[int]) -> None:
        turn = asyncio.Lock()

        async def answer(
            function: int, start: int, address: int, count: int, memory: list[int], new: list[int] | list[bool] | None
        ) -> ExcCodes | None:
            if function in (5, 6) and new is None:
                return None  # the server reads back what it just wrote, to echo it
            async with turn:
                await self._think(self.delay_s)
                return self._answer(function, address, count, memory, address - start, new)

        async def name() -> dict[int, bytes] | None:
            async with turn:
                await self._think(min(self.delay_s, IDENTIFICATION_S))
                return self.readout.identification if self._model.reads.identifies else None

        bits = SimData(0, values=[False] * 0x1000, datatype=DataType.BITS)  # with count= it takes seconds
        words = SimData(0, count=0x10000, datatype=DataType.REGISTERS)
        device = SimDevice(EVERY_UNIT, ([bits], [bits], [words], [words]), action=answer)
        server = ModbusTcpServer(
            device, framer=FRAMERS[self._framing], address=(self.host, self.port), custom_pdu=[answering(name)]
        )
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        try:
            await server.serve_forever(background=True)
        except RuntimeError as error:
            raise OSError(errno.EADDRINUSE, f"cannot listen on {self.host}:{self.port}") from error
        listener = cast(asyncio.Server, server.transport)
        listening.set_result(listener.sockets[0].getsockname()[1])
        await self._stopping.wait()
        for each in listener.sockets:
            self._loop.remove_reader(each.fileno())
        for _ in range(TURNS_OF_AN_ACCEPT):
            await asyncio.sleep(0)
        await server.shutdown()  # type: ignore[no-untyped-call]
        await asyncio.sleep(0)  # one turn of the loop, in which the transports close their sockets

    async def _think(self, seconds: float) -> None:
        self.requests += 1
        if seconds:
            await asyncio.sleep(seconds)

    def _answer(
        self, function: int, address: int, count: int, memory: list[int], place: int, new: list[int] | list[bool] | None
    ) -> ExcCodes | None:
        """Put the answer into the server's memory from `place` on, or say which exception it is."""
        self._tempo.keep_up()
        if self._model.reads.functions and function not in self._model.reads.functions:
            return ExcCodes.ILLEGAL_FUNCTION
        try:
            if function in READ_TABLES:
                memory[place : place + count] = self.registers.read(READ_TABLES[function], address, count)
            elif BIT_TABLES.get(function) in self._bit_tables:
                self._answer_bits(BIT_TABLES[function], address, count, memory)
            elif WRITE_FUNCTIONS.get(function) in {"holding", *self._bit_tables} and new is not None:
                self.registers.write(address, [int(word) for word in new], WRITE_FUNCTIONS[function])
            else:
                return ExcCodes.ILLEGAL_FUNCTION
        except IllegalAddress:
            return ExcCodes.ILLEGAL_ADDRESS
        except IllegalValue:
            return ExcCodes.ILLEGAL_VALUE
        return None

    def _answer_bits(self, table: str, address: int, count: int, memory: list[int]) -> None:
        """The server keeps sixteen bits in a word, and says how many words it wants from the one with `address` on."""
        first = address // BITS_OF_A_WORD
        bits = self.registers.read_bits(table, address, (first + count) * BITS_OF_A_WORD - address)
        words = [0] * count
        for place, bit in enumerate(bits, address - first * BITS_OF_A_WORD):
            words[place // BITS_OF_A_WORD] |= bit << place % BITS_OF_A_WORD
        memory[first : first + count] = words


def _check_port(host: str, port: int) -> None:
    """Raises OSError saying why nobody can listen there; the server itself would only say that it failed."""
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        raise OSError(error.errno, f"cannot listen on {host}:{port}: {error.strerror}") from error
