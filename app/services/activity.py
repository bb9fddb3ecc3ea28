"""What happened at a heat pump lately: alerts, writes, and changes made at the unit, in one list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.services import alert_events, audits, settings_log
from app.store.alert_events import Event
from app.store.audit import Entry, Filter
from app.store.heatpumps import HeatPump
from app.store.settings_log import Change
from app.system import System

LOOKED_THROUGH = 100
"""Changes of settings, of which only those made at the unit are told here: the others stand in the audit."""


@dataclass(frozen=True, slots=True)
class Happening:
    """`at` in UTC seconds. An alert is told when it opens and once more when it is over."""

    at: int
    what: Event | Entry | Change
    phase: Literal["begins", "ends"] = "begins"


def lately(system: System, pump: HeatPump, most: int) -> list[Happening]:
    """The newest first."""
    found: list[Happening] = []
    for event in alert_events.log(system, heatpump_id=pump.id, limit=most):
        found.append(Happening(event.opened_at, event))
        if event.closed_at is not None:
            found.append(Happening(event.closed_at, event, "ends"))
    found += [Happening(entry.begun_at, entry) for entry in audits.newest(system, Filter(heatpump_id=pump.id), most)]
    changes = settings_log.changes(system, pump, LOOKED_THROUGH)
    found += [Happening(change.at, change) for change in changes if change.cause == "unit"]
    return sorted(found, key=lambda each: each.at, reverse=True)[:most]
