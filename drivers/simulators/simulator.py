"""Which simulator speaks which protocol: one line per protocol."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from drivers.errors import BadCatalogue
from drivers.model import Model
from drivers.sensor import Options
from drivers.simulators.base import Simulator
from drivers.simulators.ebusd import EbusdSimulator
from drivers.simulators.luxtronik import LuxtronikSimulator
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout
from drivers.simulators.viessmann import ViessmannSimulator

SIMULATORS: Mapping[str, Callable[..., Simulator]] = {
    "ebusd": EbusdSimulator,
    "luxtronik": LuxtronikSimulator,
    "modbus_tcp": ModbusSimulator,
    "viessmann": ViessmannSimulator,
}


def simulator_of(model: Model, options: Options, plant: Plant, **settings: Any) -> Simulator:
    """A simulated machine of this model, not listening yet; `settings` as its protocol's simulator takes them."""
    kind = SIMULATORS.get(model.driver)
    if kind is None:
        raise BadCatalogue(f"{model.name}: there is no simulator for {model.driver!r}")
    return kind(model, options, plant, **settings)


def readout_of(simulator: Simulator) -> Readout:
    """What the sensors of this machine read. Raises TypeError for one that only replays a recording."""
    if simulator.readout is None:
        raise TypeError(f"{simulator!r} has no machine behind it")
    return simulator.readout
