"""How many examples are tried: the same few each time, or ever new ones with FUZZ=<number>."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

MANY = int(os.environ.get("FUZZ", "0"))

_USUAL: dict[str, Any] = {
    "deadline": None,  # the machines are shared; what must end in time says so itself
    "suppress_health_check": list(HealthCheck),
    "database": None,
}
settings.register_profile("few", max_examples=60, derandomize=True, **_USUAL)
settings.register_profile("many", max_examples=MANY or 1, phases=(Phase.generate, Phase.shrink), **_USUAL)
settings.load_profile("many" if MANY else "few")


def examples(few: int) -> int:
    """How many examples of what takes its time: so few, or a part of what was asked for."""
    return max(few, MANY // 10) if MANY else few


@pytest.fixture(autouse=True)
def nobody_else(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Invented addresses lead nowhere: only this machine can be reached."""
    connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def own(address: Any) -> bool:
        return not isinstance(address, tuple) or str(address[0]).startswith("127.")

    def only_here(self: socket.socket, address: Any) -> None:
        if not own(address):
            raise OSError(101, "Network is unreachable")
        connect(self, address)

    def only_here_too(self: socket.socket, address: Any) -> int:
        return connect_ex(self, address) if own(address) else 101

    def no_names(host: Any, *more: Any, **also: Any) -> Any:
        if str(host) not in ("localhost", "127.0.0.1", "None"):
            raise socket.gaierror(-2, "Name or service not known")
        return lookup(host, *more, **also)

    monkeypatch.setattr(socket.socket, "connect", only_here)
    monkeypatch.setattr(socket.socket, "connect_ex", only_here_too)
    monkeypatch.setattr(socket, "getaddrinfo", no_names)
    yield
