"""What happened to a heat pump's settings, as marks on its charts: writes of ours, and changes made at the unit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Literal

from app.reading import Value
from app.store import audit, settings_log
from app.store.audit import Filter
from app.store.heatpumps import HeatPump
from app.system import System

MOST_OF_A_KIND = 200


@dataclass(frozen=True, slots=True)
class Mark:
    """`at` in UTC seconds. Of a write, `certain` says that it was read back."""

    at: int
    source: Literal["write", "setting"]
    sensor: str
    old: Value
    new: Value
    certain: bool = True


def within(system: System, pump: HeatPump, start: int, end: int) -> list[Mark]:
    """Those in start <= time < end, the newest first."""
    db = system.database.connection()
    entries = audit.newest(db, Filter(heatpump_id=pump.id, since=start, until=end), MOST_OF_A_KIND)
    writes = (
        Mark(
            entry.begun_at,
            "write",
            entry.intent.sensor or "",
            entry.intent.old,
            entry.intent.requested,
            entry.outcome == "confirmed",
        )
        for entry in entries
        if entry.intent.action in ("write", "undo") and entry.outcome in ("confirmed", "unconfirmed")
    )
    changes = (
        Mark(change.at, "setting", change.sensor, change.old, change.new)
        for change in settings_log.changes(db, pump.id, MOST_OF_A_KIND)
        if change.cause == "unit" and start <= change.at < end
    )
    return sorted(chain(writes, changes), key=lambda mark: mark.at, reverse=True)
