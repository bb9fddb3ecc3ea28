"""Which driver speaks which protocol: one line per protocol."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from drivers.base import Connection, Driver
from drivers.derive import Deriving
from drivers.ebusd import Ebusd
from drivers.errors import BadCatalogue, Refused
from drivers.identification import Identification
from drivers.luxtronik import Luxtronik, Turns
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

    def _speaking(self, model: Model, connection: Connection) -> Driver:
        if model.driver == "modbus_tcp":
            return ModbusTcp(model, connection, self._lines, self._clock)
        if model.driver == "luxtronik":
            return Luxtronik(model, connection, self._turns)
        if model.driver == "ebusd":
            return Ebusd(model, connection, self._clock)
        raise BadCatalogue(f"{model.name}: driver {model.driver!r} is not one of modbus_tcp, luxtronik, ebusd")

    def identification(self, model: Model, connection: Connection) -> Identification | None:
        """What this machine calls itself; None where its model does not tell. Raises Unreachable or BadAnswer."""
        if not model.reads.identifies:
            return None
        line = self._lines.take(connection.host, connection.port, connection.framing)
        try:
            return line.identification(connection.unit_id, connection.timeout_s)
        except Refused:
            return None
        finally:
            self._lines.give_back(line)
