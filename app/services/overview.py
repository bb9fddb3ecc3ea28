"""All heat pumps at a glance: the few figures that every machine has, those that need somebody first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from app.alert import Severity
from app.analysis.boundary import Boundary
from app.analysis.half_hour import Now
from app.name_order import order
from app.polling.glance import Glimpse
from app.polling.trend import Course
from app.services import metering, models, status, values
from app.services.status import Status
from app.services.values import Current
from app.store.alert_events import Event
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.model import Model
from drivers.sensor import Sensor

MODE = ("operating_mode",)
PLACES = {
    "outdoor": ("temp_outside",),
    "flow": ("temp_flow", "temp_flow_circuit_a"),
    "return": ("temp_return", "temp_return_circuit_a"),
    "hot_water": ("temp_hot_water",),
    "heat": ("power_current",),
    "electric": ("power_current_draw",),
}
"""What a card shows. Each place has its sensor and those that may stand in where a machine does not deliver it."""

SENSORS = tuple(sensor_id for place in (MODE, *PLACES.values()) for sensor_id in place)

_URGENCY = {"offline": 0, "unreadable": 1, "waiting": 8, "online": 9, "disabled": 10}
_OF_FAULT, _OF_UNUSUAL = 2, 7
_OF_ALERTS: dict[Severity, int] = {"critical": 3, "warning": 5, "info": 9}
_OF_OLD_VALUES = {"stale": 4, "late": 6}
_CALM = 8
"""From here on, nobody is needed."""


@dataclass(frozen=True, slots=True)
class Performance:
    """The COP of now, and what was last seen of today and the year (`glimpse` None: not yet)."""

    now: Now
    glimpse: Glimpse | None
    boundary: Boundary | None


@dataclass(frozen=True, slots=True)
class Card:
    """One heat pump. Each place lists its sensor and the stand-ins that this machine has, and is left out without any.

    `events` are its open alerts, the worst first; `pressing` is the worst that nobody has acknowledged or put off.
    """

    pump: HeatPump
    model: Model | None
    status: Status
    fault: Sensor | None
    mode: tuple[Current, ...]
    places: dict[str, tuple[Current, ...]]
    performance: Performance
    trend: Course | None = None
    events: tuple[Event, ...] = ()
    pressing: Event | None = None
    unusual: bool = False

    @property
    def figures(self) -> tuple[tuple[Current, ...], ...]:
        return tuple(self.places.values())

    @property
    def urgency(self) -> int:
        """0 is the most urgent."""
        if self.status.state != "online":
            return _URGENCY[self.status.state]
        return min(
            _URGENCY["online"] if self.fault is None else _OF_FAULT,
            _OF_OLD_VALUES.get(self.status.freshness, _URGENCY["online"]),
            _URGENCY["online"] if self.pressing is None else _OF_ALERTS[self.pressing.severity],
            _OF_UNUSUAL if self.unusual else _URGENCY["online"],
        )

    @property
    def needs_attention(self) -> bool:
        return self.urgency < _CALM


def cards(
    system: System, pumps: list[HeatPump], events: Iterable[Event] = (), unusual: Collection[str] = ()
) -> list[Card]:
    """One card per heat pump, the most urgent first, then by name. `events` are the open ones, the worst first."""
    statuses = status.of_all(system, pumps)
    limits = metering.boundaries(system)
    of_pump: dict[str, list[Event]] = {}
    for event in events:
        of_pump.setdefault(event.heatpump_id, []).append(event)
    made = [
        card(
            system,
            pump,
            models.of(system, pump),
            statuses[pump.id],
            limits.get(pump.id),
            of_pump.get(pump.id, ()),
            pump.id in unusual,
        )
        for pump in pumps
    ]
    return sorted(made, key=lambda each: (each.urgency, order(each.pump.name), each.pump.id))


def card(
    system: System,
    pump: HeatPump,
    model: Model | None,
    its_status: Status,
    boundary: Boundary | None = None,
    events: Iterable[Event] = (),
    unusual: bool = False,
) -> Card:
    now, events = system.clock(), tuple(events)
    places: dict[str, tuple[Current, ...]] = {}
    if model is not None:
        found = {name: tuple(values.some(system, pump, model, sensors)) for name, sensors in PLACES.items()}
        places = {name: choices for name, choices in found.items() if choices}
    return Card(
        pump,
        model,
        its_status,
        None if model is None else values.fault(system, pump, model),
        () if model is None else tuple(values.some(system, pump, model, MODE)),
        places,
        performance(system, pump, boundary),
        system.latest.trend.of(pump.id, now),
        events,
        next((each for each in events if _presses(each, now)), None),
        unusual,
    )


def performance(system: System, pump: HeatPump, boundary: Boundary | None) -> Performance:
    """From memory."""
    return Performance(system.latest.half_hour.cop(pump.id, system.clock()), system.glance.of(pump.id), boundary)


def _presses(event: Event, now: float) -> bool:
    return event.acknowledged_at is None and (event.quiet_until is None or event.quiet_until <= now)
