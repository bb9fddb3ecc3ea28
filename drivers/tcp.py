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
        raise Unreachable("the name %(host)s is not known in this network", host=host) from error
    except ConnectionRefusedError:
        raise
    except TimeoutError as error:
        raise Unreachable(
            "nobody answers at %(address)s within %(seconds)g s", address=address, seconds=timeout_s
        ) from error
    except OSError as error:
        raise Unreachable(
            "%(address)s cannot be reached: %(reason)s", address=address, reason=error.strerror or str(error)
        ) from error
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened
