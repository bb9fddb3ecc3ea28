"""An ebusd on the loopback that knows a few messages and does what a test tells it."""

from __future__ import annotations

import socket
import struct
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial

from drivers.model import Model
from drivers.simulators.ebusd import EbusdSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named
from tests.servers import Farewell, Step

Behaviour = Callable[[bytes], Sequence[Step]]
"""From the right answer to what really happens."""

HOUSE = """
Broadcast Outsidetemp = 6.500
ctlv2 DisplayedOutsideTemp = 7.25
ctlv2 HwcStorageTemp = 48.5
ctlv2 HwcTempDesired = 50
ctlv2 HwcOpMode = auto
ctlv2 Hc1FlowTemp = 34.25
ctlv2 Z1RoomTemp =  (empty for f115b52406020003000f00 / 0801030f00ffffff7f)
hmu Status01 = 34.5;30.0;-;-;-;on
hmu RunDataStatuscode = heat_compressor_active
hmu FlowTemp = 34.56
hmu CurrentConsumedPower = 1.2
hmu Currenterror = -;-;-;-;-
hmu SetMode = auto;35.0;-;-;1;1;1;0;0;1
hmu StatusCirPump = off
"""


@cache
def arotherm() -> Model:
    return named("vaillant/arotherm")


class EbusdServer(EbusdSimulator):
    """`script`: what the next question that begins so is answered with; every other one is answered properly."""

    def __init__(self, house: str = HOUSE) -> None:
        super().__init__(arotherm(), {}, Plant(1, start=0), dump=house.splitlines(), clock=time.time)
        self.script: deque[tuple[str, Behaviour]] = deque()
        self.connections = 0

    def converse(self, connection: socket.socket) -> None:
        self.connections += 1
        with connection.makefile("rb") as incoming:
            for line in incoming:
                question = line.decode().strip()
                answer = self.answered(partial(self._answer, question))
                behaviour: Behaviour = properly
                if self.script and question.startswith(self.script[0][0]):
                    behaviour = self.script.popleft()[1]
                if not _perform(connection, behaviour(answer)):
                    return


def properly(answer: bytes) -> Sequence[Step]:
    return [answer]


def saying(text: str) -> Behaviour:
    return lambda _: [f"{text}\n\n".encode()]


def _perform(connection: socket.socket, steps: Sequence[Step]) -> bool:
    """Carry out the steps; False when the conversation is over."""
    for step in steps:
        if isinstance(step, bytes):
            connection.sendall(step)
        elif isinstance(step, float):
            time.sleep(step)
        else:
            if step is Farewell.RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            return False
    return True
