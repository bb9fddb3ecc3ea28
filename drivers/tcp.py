"""Open a TCP connection, and tell apart why it cannot be opened."""

from __future__ import annotations

import socket

from drivers.errors import Unreachable


def connect(host: str, port: int, timeout_s: float) -> socket.socket:
    """A connected socket without Nagle's pauses.

    Raises Unreachable, and ConnectionRefusedError for the caller to explain: what is to be switched on differs.
    """
    address = f"{host}:{port}"
    try:
        opened = socket.create_connection((host, port), timeout=timeout_s)
    except (socket.gaierror, UnicodeError) as error:
        raise Unreachable("the name %(host)s is not known in this network", host=host, cause="name") from error
    except ConnectionRefusedError:
        raise
    except TimeoutError as error:
        raise Unreachable(
            "nobody answers at %(address)s within %(seconds)g s", address=address, seconds=timeout_s, cause="nobody"
        ) from error
    except OSError as error:
        raise Unreachable(
            "%(address)s cannot be reached: %(reason)s",
            address=address,
            reason=error.strerror or str(error),
            cause="nobody",
        ) from error
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def addresses(host: str) -> frozenset[str]:
    """The IPv4 addresses of a host; none for a name that is not known."""
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return frozenset()
    return frozenset(str(each[4][0]) for each in found)
