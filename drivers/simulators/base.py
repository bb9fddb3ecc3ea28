"""A simulated machine behind a port, whatever it speaks: where it listens, and in which time it lives."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypedDict

from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from drivers.simulators.tempo import Tempo


class Serving(TypedDict, total=False):
    """Where a simulator listens, and how fast it is; see Simulator."""

    host: str
    port: int
    delay_s: float
    speed: float
    clock: Callable[[], float]


class Simulator(ABC):
    """What the simulators of all protocols share. Port 0 becomes any free one with the start.

    `clock` gives seconds; the plant lives `speed` of them for each, counted from its own time when this is made.
    `delay_s` is the pause before each answer; `requests` counts the questions.
    """

    name = "simulator"
    readout: Readout | None
    """What its sensors read; None where it replays a recording."""

    def __init__(
        self,
        plant: Plant,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        delay_s: float = 0.0,
        speed: float = 1.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.plant = plant
        self.host = host
        self.port = port
        self.delay_s = delay_s
        self.requests = 0
        self._clock = clock
        self._tempo = Tempo(plant, speed, clock)

    def start(self) -> int:
        """Listen, and say on which port. Raises OSError naming host and port when that cannot be."""
        if self.running:
            raise RuntimeError(f"the {self.name} on {self.host}:{self.port} already runs")
        try:
            self.port = self._listen()
        except OSError as error:
            raise OSError(error.errno, f"cannot listen on {self.host}:{self.port}: {error.strerror}") from error
        return self.port

    @property
    @abstractmethod
    def running(self) -> bool:
        """Whether it listens."""

    @abstractmethod
    def _listen(self) -> int:
        """Answer from now on, in threads of its own; the port. Raises OSError."""

    @abstractmethod
    def stop(self) -> None:
        """Drop the connections, close the port and end the threads; nothing when it does not run."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
