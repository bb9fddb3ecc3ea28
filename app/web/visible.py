"""Which heat pumps the person of this request may see."""

from __future__ import annotations

from flask_login import current_user

from app.services import heatpumps
from app.store.among import Among
from app.store.heatpumps import HeatPump
from app.web.parts import system


def among() -> Among:
    """Their ids; None for every heat pump there is."""
    if not current_user.is_authenticated:
        return frozenset()
    found: Among = current_user.rights.heatpumps
    return found


def every() -> bool:
    """Nothing is hidden from this person."""
    return among() is None


def heat_pumps() -> list[HeatPump]:
    """In the order in which they were added."""
    seen = among()
    return [pump for pump in heatpumps.all_of_them(system()) if seen is None or pump.id in seen]
