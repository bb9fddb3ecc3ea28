"""A simulated heat pump that answers over Modbus TCP, as the controller of its model would."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Unpack, cast

from pymodbus.constants import ExcCodes
from pymodbus.framer import FramerType
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from drivers.model import Framing, Model
from drivers.sensor import Options
from drivers.simulators.base import Serving, Simulator
from drivers.simulators.identification import answering
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from drivers.simulators.registers import IllegalAddress, IllegalValue, Registers

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


class ModbusSimulator(Simulator):
    """One controller on one port, in a thread of its own; it answers every unit id and one request at a time.

    `framing` is how both sides put Modbus into TCP. Raises OutOfRange for a pinned value that does not fit.
    """

    name = "modbus-simulator"
    readout: Readout

    def __init__(
        self,
        model: Model,
        options: Options,
        plant: Plant,
        *,
        pinned: Mapping[str, float | int | str] | None = None,
        with_optional: bool = False,
        framing: Framing = "tcp",
        **serving: Unpack[Serving],
    ) -> None:
        super().__init__(plant, **serving)
        self.readout = Readout(model, options, plant, pinned=pinned, with_optional=with_optional)
        self.registers = Registers(self.readout, model.reads)
        self._bit_tables = {each.table for each in self.readout.sensors.values()} & set(BIT_TABLES.values())
        self._model = model
        self._framing = framing
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    @property
    def running(self) -> bool:
        return self._thread is not None

    def _listen(self) -> int:
        socket.create_server((self.host, self.port)).close()  # says why it cannot be; the server itself would not
        listening: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, args=(listening,), name=self.name, daemon=True)
        self._thread.start()
        try:
            return listening.result()
        finally:
            if listening.exception():
                self.stop()

    def stop(self) -> None:
        if self._thread is None:
            return
        if self._loop is not None and self._stopping is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

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
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE)) from error
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
