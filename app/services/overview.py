"""All heat pumps at a glance: the few figures that every machine has, those that need somebody first."""

from __future__ import annotations

from dataclasses import dataclass

from app.analysis.boundary import Boundary
from app.analysis.half_hour import Now
from app.polling.glance import Glimpse
from app.services import metering, models, status, values
from app.services.status import Status
from app.services.values import Current
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.model import Model, Sensor

MODE = ("operating_mode",)
FIGURES = (
    ("temp_outside",),
    ("temp_flow", "temp_flow_circuit_a"),
    ("temp_return", "temp_return_circuit_a"),
    ("temp_hot_water",),
    ("power_current",),
    ("power_current_draw",),
)
"""What a card shows. Each place has its sensor and those that may stand in where a machine does not deliver it."""

SENSORS = tuple(sensor_id for place in (MODE, *FIGURES) for sensor_id in place)

_URGENCY = {"offline": 0, "unreadable": 1, "waiting": 5, "online": 6, "disabled": 7}
_URGENCY_OF_FAULT, _URGENCY_OF_OLD_VALUES = 2, {"stale": 3, "late": 4}


@dataclass(frozen=True, slots=True)
class Performance:
    """The COP of now, and what was last seen of today and the year (`glimpse` None: not yet)."""

    now: Now
    glimpse: Glimpse | None
    boundary: Boundary | None


@dataclass(frozen=True, slots=True)
class Card:
    """One heat pump. Each figure lists its sensor and the stand-ins that this machine has."""

    pump: HeatPump
    model: Model | None
    status: Status
    fault: Sensor | None
    mode: tuple[Current, ...]
    figures: tuple[tuple[Current, ...], ...]
    performance: Performance

    @property
    def urgency(self) -> int:
        """0 is the most urgent."""
        if self.status.state != "online":
            return _URGENCY[self.status.state]
        if self.fault is not None:
            return _URGENCY_OF_FAULT
        return _URGENCY_OF_OLD_VALUES.get(self.status.freshness, _URGENCY["online"])


def cards(system: System, pumps: list[HeatPump]) -> list[Card]:
    """One card for each of these heat pumps, the most urgent first, then by name."""
    statuses = status.of_all(system, pumps)
    limits = metering.boundaries(system)
    made = [card(system, pump, models.of(system, pump), statuses[pump.id], limits.get(pump.id)) for pump in pumps]
    return sorted(made, key=lambda each: (each.urgency, each.pump.name.casefold(), each.pump.id))


def card(
    system: System, pump: HeatPump, model: Model | None, its_status: Status, boundary: Boundary | None = None
) -> Card:
    if model is None:
        return Card(pump, None, its_status, None, (), (), performance(system, pump, boundary))
    figures = (tuple(values.some(system, pump, model, place)) for place in FIGURES)
    return Card(
        pump,
        model,
        its_status,
        values.fault(system, pump, model),
        tuple(values.some(system, pump, model, MODE)),
        tuple(place for place in figures if place),
        performance(system, pump, boundary),
    )


def performance(system: System, pump: HeatPump, boundary: Boundary | None) -> Performance:
    """From memory."""
    return Performance(system.latest.half_hour.cop(pump.id, system.clock()), system.glance.of(pump.id), boundary)
