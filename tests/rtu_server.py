"""A gateway on the loopback that hands on the frames of a serial line: tests/servers.py with RTU over TCP."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence

from tests.servers import Behaviour, ModbusServer, Request, Step

MBAP = 6
"""Bytes that Modbus TCP puts in front of what a serial line carries."""


def check_sum(content: bytes) -> bytes:
    """CRC-16 of Modbus, as it is sent: the low byte first."""
    crc = 0xFFFF
    for byte in content:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return struct.pack("<H", crc)


def framed(content: bytes) -> bytes:
    return content + check_sum(content)


def changed(change: Callable[[bytearray], None], *, check: bool = True) -> Behaviour:
    """The right answer with something else in it; with a right check sum, unless `check` is false."""

    def behave(_: Request, answer: bytes) -> Sequence[Step]:
        content = bytearray(answer[:-2])
        change(content)
        return [framed(bytes(content)) if check else bytes(content) + answer[-2:]]

    return behave


class RtuServer(ModbusServer):
    """Behaviours see and send whole frames of the serial line: unit, content, check sum. It knows its own name.

    A request without a right check sum is passed over in silence, as on a real line.
    """

    names: dict[int, bytes] = {0: b"NIBE", 1: b"F1245", 2: b"5539"}  # noqa: RUF012

    def _answer(self, request: Request) -> bytes:
        if request.function != 0x2B:
            return framed(super()._answer(request)[MBAP:])
        objects = b"".join(bytes([place, len(text)]) + text for place, text in self.names.items())
        head = bytes([request.unit, 0x2B, 0x0E, 1, 1, 0, 0, len(self.names)])
        return framed(head + objects)

    def _request(self, read: Callable[[int], bytes], connection: int) -> Request | None:
        while True:
            head = read(2)
            if len(head) < 2:
                return None
            unit, function = head
            if function == 0x2B:
                body = read(3)
            else:
                body = read(4)
                if function == 16:
                    body += read(1)
                    body += read(body[-1])
            if read(2) == check_sum(head + body):
                return _request_of(unit, function, body, head, connection)


def _request_of(unit: int, function: int, body: bytes, head: bytes, connection: int) -> Request:
    if function == 0x2B:
        return Request(connection, 0, unit, function, body[2], 0, (), head + body)
    at, third = struct.unpack(">HH", body[:4])
    words: tuple[int, ...] = ()
    if function == 6:
        words, third = (third,), 1
    if function == 16:
        words = struct.unpack(f">{body[4] // 2}H", body[5:])
    return Request(connection, 0, unit, function, at, third, words, bytes(MBAP) + head + body)
