"""One HTTP exchange that ends: bounded in time and size, encrypted unless on this machine, following no redirect.

Plain http.client, because the larger libraries bound the pause between two bytes, not the time of the whole.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, RemoteDisconnected
from urllib.parse import urlsplit

from drivers import tcp
from drivers.errors import BadAnswer, Unreachable

LARGEST_ANSWER = 8_000_000
"""Bytes; the largest recorded answer of a heat pump's cloud has 230 kB."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Base:
    """The address that all paths of a service begin with."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"


def base_of(url: str) -> Base | None:
    """None unless it is an https address, or http on this machine, without account, query and fragment."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    plain = all("!" <= letter <= "~" for letter in url)
    if not host or not plain or parts.query or parts.fragment or "@" in parts.netloc or port == 0:
        return None
    if parts.scheme == "https":
        return Base(True, host, port or 443, parts.path.rstrip("/"))
    if parts.scheme == "http" and is_this_machine(host):
        return Base(False, host, port or 80, parts.path.rstrip("/"))
    return None


def is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def ask(
    base: Base,
    method: str,
    path: str,
    timeout_s: float,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    only_status: bool = False,
) -> Reply:
    """The answer to one request. `timeout_s` bounds all of it, however slowly it trickles in.

    `only_status`: what comes behind the headers is not waited for.

    Raises Unreachable, or BadAnswer for what is no HTTP, too long, or behind a certificate that is not valid.
    """
    connection = _connected(base, timeout_s)
    with closing(connection.dup()) as watched:
        late = threading.Event()

        def give_up() -> None:
            late.set()
            with suppress(OSError):
                watched.shutdown(socket.SHUT_RDWR)

        alarm = threading.Timer(timeout_s, give_up)
        alarm.daemon = True
        alarm.start()
        try:
            with connection:
                reply = _exchange(base, connection, method, path, timeout_s, headers, body, only_status)
        except (Unreachable, BadAnswer, HTTPException, OSError) as error:
            if late.is_set() or isinstance(error, TimeoutError):
                raise _silent(base, timeout_s) from error
            raise _explained(base, error) from error
        finally:
            alarm.cancel()
            alarm.join()
    if late.is_set():
        raise _silent(base, timeout_s)
    return reply


def _connected(base: Base, timeout_s: float) -> socket.socket:
    try:
        return tcp.connect(base.host, base.port, timeout_s)
    except ConnectionRefusedError as error:
        raise Unreachable("%(address)s refuses the connection", address=base.address, cause="refused") from error


def _exchange(
    base: Base,
    connection: socket.socket,
    method: str,
    path: str,
    timeout_s: float,
    headers: Mapping[str, str],
    body: bytes | None,
    only_status: bool,
) -> Reply:
    connection.settimeout(timeout_s)
    http = HTTPConnection(base.host, base.port)
    with closing(http):
        http.sock = _secured(connection, base.host) if base.secure else connection
        usual = {"Accept": "application/json", "Connection": "close", "User-Agent": "heat-pump-monitor"}
        http.request(method, base.path + path, body, {**usual, **headers})
        with http.getresponse() as response:
            return Reply(response.status, b"" if only_status else _content(base, response))


def _secured(connection: socket.socket, host: str) -> ssl.SSLSocket:
    from requests.utils import DEFAULT_CA_BUNDLE_PATH  # a large import, for its certificates; most boxes need none

    return ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH).wrap_socket(connection, server_hostname=host)


def _content(base: Base, response: HTTPResponse) -> bytes:
    pieces, size = [], 0
    while piece := response.read(65_536):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_ANSWER:
            raise BadAnswer("%(address)s sends more than %(most)d bytes", address=base.address, most=LARGEST_ANSWER)
    if response.length:
        raise Unreachable("%(address)s closed the connection", address=base.address, cause="closed")
    return b"".join(pieces)


def _silent(base: Base, timeout_s: float) -> Unreachable:
    return Unreachable(
        "%(address)s is connected but did not answer within %(seconds)g s",
        address=base.address,
        seconds=timeout_s,
        cause="silent",
    )


def _explained(base: Base, error: Exception) -> Exception:
    if isinstance(error, Unreachable | BadAnswer):
        return error
    if isinstance(error, ssl.SSLCertVerificationError):
        return BadAnswer(
            "%(address)s shows a certificate that is not valid (%(reason)s); is the clock of this box right?",
            address=base.address,
            reason=error.verify_message,
        )
    if isinstance(error, OSError | RemoteDisconnected):
        return Unreachable("%(address)s closed the connection", address=base.address, cause="closed")
    return BadAnswer("%(address)s does not answer as a web server does", address=base.address)
