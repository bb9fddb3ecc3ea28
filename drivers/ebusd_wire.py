"""A conversation with ebusd: a line asks, and lines up to an empty one answer."""

from __future__ import annotations

import socket
import time
from contextlib import suppress

from drivers import tcp
from drivers.errors import BadAnswer, Unreachable

LONGEST_ANSWER = 10_000
"""Bytes; the longest message known has some hundred."""

LONGEST_LIST = 2_000_000
"""Bytes of the list of all messages; a thousand of them take about 50,000."""


class Conversation:
    """One connection that stays open; `timeout_s` bounds the connecting and each question, however slowly it trickles.

    An answer does not say what it answers. So after any failure the conversation is over, and so it is when something
    has arrived that nobody asked for: a late answer must never be taken for the next one.
    """

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        self.address = f"{host}:{port}"
        self.questions = 0
        self.closed = False
        """The other side hung up."""
        self._timeout_s = timeout_s
        try:
            self._socket = tcp.connect(host, port, timeout_s)
        except ConnectionRefusedError as error:
            raise Unreachable(
                "%(address)s refuses the connection: does ebusd run there, and does it answer other computers?",
                address=self.address,
                cause="refused",
            ) from error

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def ask(self, question: str, longest: int = LONGEST_ANSWER) -> list[str]:
        """The lines of the answer, without the empty one that ends it. Raises Unreachable or BadAnswer."""
        self.questions += 1
        self._nothing_more()
        deadline = time.monotonic() + self._timeout_s
        self._socket.settimeout(self._timeout_s)
        try:
            self._socket.sendall(question.encode() + b"\n")
        except TimeoutError as error:
            raise self._silent() from error
        except OSError as error:
            raise self._closed() from error
        answer = self._answer(deadline, longest)
        self._nothing_more()
        return [line.rstrip("\r") for line in answer.decode("utf-8", "replace").split("\n")]

    def _answer(self, deadline: float, longest: int) -> bytes:
        content = bytearray()
        while True:
            end = content.find(b"\n\n")
            if 0 <= end < len(content) - 2 or len(content) > longest:
                raise self._foreign()
            if end >= 0:
                return bytes(content[:end])
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise self._silent()
            self._socket.settimeout(left_s)
            try:
                piece = self._socket.recv(65_536)
            except TimeoutError as error:
                raise self._silent() from error
            except OSError as error:
                raise self._closed() from error
            if not piece:
                raise self._closed()
            content += piece

    def _nothing_more(self) -> None:
        self._socket.settimeout(0)
        try:
            more = self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError as error:
            raise self._closed() from error
        raise self._foreign() if more else self._closed()

    def _silent(self) -> Unreachable:
        return Unreachable(
            "%(address)s is connected but did not answer within %(seconds)g s",
            address=self.address,
            seconds=self._timeout_s,
            cause="silent",
        )

    def _closed(self) -> Unreachable:
        self.closed = True
        return Unreachable("%(address)s closed the connection", address=self.address, cause="closed")

    def _foreign(self) -> BadAnswer:
        return BadAnswer("%(address)s sends something that does not answer the question", address=self.address)
