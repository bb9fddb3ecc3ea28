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
from drivers.meters.source import Meter, Shown
from drivers.modbus_line import Lines
from drivers.modbus_tcp import ModbusTcp
from drivers.model import Model
from drivers.viessmann import Viessmann
from drivers.viessmann_account import Accounts


class Drivers:
    """Makes the driver for a heat pump; heat pumps behind one address share its line."""

    def __init__(self, clock: Callable[[], float] = monotonic, accounts: Accounts | None = None) -> None:
        """`accounts` are those of makers' clouds; without them no machine behind one can be opened."""
        self.accounts = accounts
        self._clock = clock
        self._lines = Lines()
        self._turns = Turns()

    def open(self, model: Model, connection: Connection, for_owner: bool = False) -> Driver:
        """A driver for this machine; it touches the network with its first read.

        `for_owner` when somebody waits for it: then it may use the calls of a cloud that polls leave over.
        """
        return Deriving(self._speaking(model, connection, for_owner), model)

    def show(self, meter: Meter, secret: str) -> Shown:
        """What a meter of the owner shows now; it takes as long as the meter does, within bounds."""
        from drivers.meters import reading  # who has no meters need not carry a web client

        return reading.read(meter, secret, self._lines)

    def _speaking(self, model: Model, connection: Connection, for_owner: bool) -> Driver:
        if model.driver == "modbus_tcp":
            return ModbusTcp(model, connection, self._lines, self._clock)
        if model.driver == "luxtronik":
            return Luxtronik(model, connection, self._turns)
        if model.driver == "ebusd":
            return Ebusd(model, connection, self._clock)
        if model.driver == "viessmann":
            return self._in_the_cloud(connection, for_owner)
        known = "modbus_tcp, luxtronik, ebusd, viessmann"
        raise BadCatalogue(f"{model.name}: driver {model.driver!r} is not one of {known}")

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

    def _in_the_cloud(self, connection: Connection, for_owner: bool) -> Viessmann:
        if self.accounts is None:
            raise Refused("nobody has signed in to this account yet; sign in, in the form of the heat pump")
        account = self.accounts.of(connection.cloud)
        return Viessmann(account, connection.cloud, connection.timeout_s, self._clock, for_owner)
