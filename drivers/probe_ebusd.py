"""Whether the daemon ebusd answers: its command `info`, which changes nothing."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Sequence
from contextlib import suppress

from drivers import tcp
from drivers.discovered import Found
from drivers.errors import Unreachable
from drivers.model import Model

LONGEST_ANSWER = 65_536
_VERSION = re.compile(r"version: ebusd (?P<version>[\w.\-]{1,30})")


def probe_ebusd(host: str, port: int, models: Sequence[Model], timeout_s: float) -> Found:
    """Ask for `info`, whose first line is the version; it ends with an empty line."""
    try:
        with tcp.connect(host, port, timeout_s) as connection:
            text = _asked(connection, timeout_s)
    except (ConnectionError, EOFError):
        return Found(host, port, "closed", "ebusd")
    except Unreachable:
        return Found(host, port, "nobody", "ebusd")
    except OSError:
        return Found(host, port, "silent", "ebusd")
    told = _VERSION.search(text)
    if told is None:
        return Found(host, port, "foreign" if text else "silent", "ebusd")
    model = next((each for each in models if each.driver == "ebusd"), None)
    says = "unknown" if model is None else "model"
    return Found(host, port, says, "ebusd", model, machine=f"ebusd {told['version']}")  # type: ignore[arg-type]


def _asked(connection: socket.socket, timeout_s: float) -> str:
    """What came until an empty line, the end, or the end of our patience. Raises EOFError when nothing comes."""
    deadline = time.monotonic() + timeout_s
    content = b""
    connection.sendall(b"info\n")
    with suppress(TimeoutError):
        while b"\n\n" not in content and len(content) < LONGEST_ANSWER:
            connection.settimeout(max(0.01, deadline - time.monotonic()))
            piece = connection.recv(4096)
            if not piece:
                if not content:
                    raise EOFError
                break
            content += piece
            if time.monotonic() > deadline:
                break
    return content.decode("utf-8", "replace")
