"""Which driver speaks which protocol: one line per protocol."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from drivers.base import Connection, Driver
from drivers.derive import Deriving
from drivers.ebusd import Ebusd
from drivers.errors import BadCatalogue
from drivers.luxtronik import Luxtronik, Turns
from drivers.meters.source import Meter, Shown
from drivers.modbus_line import Lines
from drivers.modbus_tcp import ModbusTcp
from drivers.model import Model


class Drivers:
    """Makes the driver for a heat pump; heat pumps behind one address share its line."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lines = Lines()
        self._turns = Turns()

    def open(self, model: Model, connection: Connection) -> Driver:
        """A driver for this machine; it touches the network with its first read."""
        return Deriving(self._speaking(model, connection), model)

    def show(self, meter: Meter, secret: str) -> Shown:
        """What a meter of the owner shows now; it takes as long as the meter does, within bounds."""
        from drivers.meters import reading  # who has no meters need not carry a web client

        return reading.read(meter, secret, self._lines)

    def _speaking(self, model: Model, connection: Connection) -> Driver:
        if model.driver == "modbus_tcp":
            return ModbusTcp(model, connection, self._lines, self._clock)
        if model.driver == "luxtronik":
            return Luxtronik(model, connection, self._turns)
        if model.driver == "ebusd":
            return Ebusd(model, connection, self._clock)
        raise BadCatalogue(f"{model.name}: driver {model.driver!r} is not one of modbus_tcp, luxtronik, ebusd")
