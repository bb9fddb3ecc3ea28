"""What the tests of a maker's cloud share: a simulated one, somebody who has signed in, and a web server gone mad."""

from __future__ import annotations

import socket
import struct
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from drivers.base import Cloud, Connection, Driver
from drivers.model import Model
from drivers.registry import Drivers
from drivers.simulators.plant import Plant
from drivers.simulators.viessmann import ViessmannSimulator
from drivers.viessmann_account import Account, Accounts
from tests.catalogue import named
from tests.clocks import Clock
from tests.servers import LOOPBACK, Farewell, Step

CLIENT = "a-client-of-the-owner"
REDIRECT = "http://localhost:8080/heatpumps/sign-in/answer"
ONE_CIRCUIT = {"circuits": ("0",)}
BEGIN = 1_763_730_180.0
"""21 November 2025, 14:03 in Berlin."""


class UtcClock(Clock):
    """It begins in November 2025."""

    def __init__(self, now: float = BEGIN) -> None:
        super().__init__(now)


def vitocal() -> Model:
    return named("viessmann/vitocal")


def simulated(model: Model, clock: UtcClock, **settings: object) -> ViessmannSimulator:
    return ViessmannSimulator(model, ONE_CIRCUIT, Plant(seed=1, start=clock()), clock=clock, **settings)  # type: ignore[arg-type]


def place(simulator: ViessmannSimulator, client: str = CLIENT) -> Cloud:
    return Cloud(simulator.api, simulator.login, client, "100001", "7000000000000001", "0")


def allowed(page: str, simulator: ViessmannSimulator, yes: bool = True) -> dict[str, str]:
    """What the maker's page sends the browser back with."""
    where = simulator.sign_in.decide(dict(parse_qsl(urlsplit(page).query)), yes)
    assert where is not None
    return dict(parse_qsl(urlsplit(where).query))


def signed_in(accounts: Accounts, simulator: ViessmannSimulator, client: str = CLIENT) -> Account:
    account = accounts.of(place(simulator, client))
    sign_in = accounts.begin(simulator.login, client, REDIRECT)
    account.finish(sign_in, allowed(sign_in.page, simulator), 5)
    return account


def driver_of(model: Model, accounts: Accounts, cloud: Cloud, clock: UtcClock, timeout_s: float = 5) -> Driver:
    return Drivers(clock, accounts).open(model, Connection("", 0, 0, timeout_s, cloud=cloud))


def accounts_in(folder: Path, clock: UtcClock) -> Accounts:
    return Accounts(folder / "accounts", clock)


class MadServer:
    """Answers each connection with the next steps of its script, whatever was asked."""

    def __init__(self, *script: Sequence[Step]) -> None:
        self.script = deque(script)
        self.requests: list[bytes] = []
        self._stopping = threading.Event()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def __enter__(self) -> MadServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._listener.close()
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                self.requests.append(connection.recv(65_536))
                for step in self.script.popleft():
                    if isinstance(step, bytes):
                        connection.sendall(step)
                    elif isinstance(step, float):
                        if self._stopping.wait(step):
                            return
                    else:
                        if step is Farewell.RESET:
                            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        break


def http(body: bytes, status: str = "200 OK", *more: str) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *more])
    return head.encode() + b"\r\n\r\n" + body
