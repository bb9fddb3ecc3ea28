"""What one visitor may hold of the web server: so many connections, for so long, and no thread by not reading."""

from __future__ import annotations

import ipaddress
import socket
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

from app.commands.too_large import refusal


@dataclass(frozen=True, slots=True)
class Limits:
    """`request_s`: how long a request may take to arrive. While an answer waits for its reader, `least_bytes` of it
    must go out in every `reading_s`."""

    connections: int = 400
    of_one_address: int = 64
    request_s: float = 60.0
    reading_s: float = 60.0
    least_bytes: int = 65_536


BEHIND_A_PROXY = Limits(of_one_address=400)
"""All visitors come from one address then."""


def limit(sockets: Mapping[int, Any], limits: Limits) -> None:
    """Every connection from now on, of all servers in this map."""
    for each in list(sockets.values()):
        if isinstance(each, BaseWSGIServer):
            each.channel_class = partial(Connection, limits)


class Connection(HTTPChannel):  # type: ignore[misc]
    """A new one takes the place of the one that has waited longest: of the same address, or of whoever holds most."""

    error_task_class = staticmethod(refusal)

    def __init__(self, limits: Limits, server: Any, sock: socket.socket, addr: Any, adj: Any, map: Any = None) -> None:
        self.who = household(str(addr[0]))
        self._limits = limits
        self._arriving: Any = None
        self._arriving_since = 0.0
        self._reading_since: float | None = None
        self._sent = 0
        room = _room(self.who, [each for each in server.active_channels.values() if not each.will_close], limits)
        super().__init__(server, sock, addr, adj, map=map)
        if not room:
            self.end()

    def readable(self) -> bool:
        """Asked in every round of the server's loop, at least once a second."""
        self._look(monotonic())
        return bool(super().readable())

    def send(self, data: bytes, do_close: bool = True) -> int:
        sent = int(super().send(data, do_close))
        self._sent += sent
        return sent

    def end(self) -> None:
        """The loop closes it; a socket whose other side reads nothing would never be asked about again otherwise."""
        self.will_close = True
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    @property
    def waits(self) -> bool:
        """Nobody works for it."""
        return not self.requests and not self.total_outbufs_len

    def _look(self, now: float) -> None:
        if self.will_close:
            return
        if self.request is not self._arriving:
            self._arriving, self._arriving_since = self.request, now
        elif self.request is not None and now - self._arriving_since > self._limits.request_s:
            self.end()
        if not self.total_outbufs_len:
            self._reading_since = None
        elif self._reading_since is None or self._sent >= self._limits.least_bytes:
            self._reading_since, self._sent = now, 0
        elif now - self._reading_since > self._limits.reading_s:
            self.end()


def household(address: str) -> str:
    """An IPv6 address counts as its /64."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _room(who: str, others: list[Connection], limits: Limits) -> bool:
    """Whether there is room for one more of this address, after ending one that waits if need be."""
    held = Counter(each.who for each in others)
    if held[who] >= limits.of_one_address:
        return _ended_one(each for each in others if each.who == who)
    if len(others) >= limits.connections:
        greediest, _ = held.most_common(1)[0]
        return _ended_one(each for each in others if each.who == greediest)
    return True


def _ended_one(connections: Iterable[Connection]) -> bool:
    waiting = [each for each in connections if each.waits]
    if waiting:
        min(waiting, key=lambda each: float(each.last_activity)).end()
    return bool(waiting)
