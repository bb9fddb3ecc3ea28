"""Which heat pumps the person of this request may see."""

from __future__ import annotations

from app.services import heatpumps
from app.store.heatpumps import HeatPump
from app.web.parts import system


def heat_pumps() -> list[HeatPump]:
    """In the order in which they were added."""
    return heatpumps.all_of_them(system())
