"""Which simulator speaks which protocol: one line per protocol."""

from __future__ import annotations

from typing import Any, Protocol

from drivers.errors import BadCatalogue
from drivers.model import Model, Options
from drivers.simulators.ebusd import EbusdSimulator
from drivers.simulators.ebusd_messages import LiveMessages
from drivers.simulators.luxtronik import LuxtronikSimulator
from drivers.simulators.luxtronik_tables import LiveTables
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from drivers.simulators.viessmann import ViessmannSimulator


class Simulator(Protocol):
    """What the simulators of all protocols have in common."""

    host: str
    port: int

    def start(self) -> int:
        """Listen, and say on which port. Raises OSError naming host and port when that cannot be."""

    def stop(self) -> None:
        """Close everything."""


def simulator_of(model: Model, options: Options, plant: Plant, **settings: Any) -> Simulator:
    """A simulated machine of this model, not listening yet; `settings` as its protocol's simulator takes them."""
    if model.driver == "luxtronik":
        return LuxtronikSimulator(model, options, plant, **settings)
    if model.driver == "ebusd":
        return EbusdSimulator(model, options, plant, **settings)
    if model.driver == "viessmann":
        return ViessmannSimulator(model, options, plant, **settings)
    if model.driver == "modbus_tcp":
        return ModbusSimulator(model, options, plant, **settings)
    raise BadCatalogue(f"{model.name}: there is no simulator for {model.driver!r}")


def readout_of(simulator: Simulator) -> Readout:
    """What the sensors of this machine read. Raises TypeError for one that only replays a recording."""
    if isinstance(simulator, ModbusSimulator):
        return simulator.readout
    if isinstance(simulator, ViessmannSimulator):
        return simulator.machine.readout
    if isinstance(simulator, LuxtronikSimulator) and isinstance(simulator.tables, LiveTables):
        return simulator.tables.readout
    if isinstance(simulator, EbusdSimulator) and isinstance(simulator.messages, LiveMessages):
        return simulator.messages.readout
    raise TypeError(f"{simulator!r} has no machine behind it")
