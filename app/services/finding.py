"""Looking for heat pumps in the owner's network: what may be searched, and how far the search is."""

from __future__ import annotations

from app.messages import Rejected
from app.services import networks
from app.store import heatpumps
from app.system import System
from drivers.scan import PORTS
from drivers.search import Known, Progress


class Busy(Rejected):
    """There is one search at a time."""


def begin(system: System, network: str, ports: tuple[int, ...] = PORTS) -> Progress:
    """Start looking, and come back at once. Raises Invalid for what is no private network, Busy during a search."""
    hosts = networks.searched(network)
    pumps = heatpumps.all_of_them(system.database.connection())
    known = [
        Known(pump.id, pump.connection["host"], pump.connection["port"])
        for pump in pumps
        if "host" in pump.connection and "port" in pump.connection
    ]
    places = [(host, port) for port in ports for host in hosts]
    if not system.search.begin(network.strip(), places, tuple(system.catalogue), known):
        raise Busy("a search is running already")
    progress = system.search.progress
    assert progress is not None, "it has just begun"
    return progress


def likely(system: System, visitor: str | None) -> str:
    """The network to offer: that of the visitor, else that of a heat pump, else none."""
    candidates = [visitor or "", *(str(pump.connection.get("host", "")) for pump in _pumps(system))]
    return next((found for each in candidates if (found := networks.around(each))), "")


def _pumps(system: System) -> list[heatpumps.HeatPump]:
    return heatpumps.all_of_them(system.database.connection())
