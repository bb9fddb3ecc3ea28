"""How a heat pump is doing, in one word, with since-when and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.messages import Message
from app.store import outages
from app.store.heatpumps import HeatPump
from app.system import System

State = Literal["online", "offline", "waiting", "disabled", "unreadable"]
Freshness = Literal["fresh", "late", "stale", "none"]

LATE_INTERVALS, STALE_INTERVALS = 3, 20


@dataclass(frozen=True, slots=True)
class Status:
    """`since` is when it was lost; `last_seen` when it last answered; both UTC seconds or None."""

    state: State
    freshness: Freshness
    since: int | None
    last_seen: int | None
    reason: Message | None


def of_all(system: System, pumps: list[HeatPump]) -> dict[str, Status]:
    """The status of each heat pump by its id."""
    lost = outages.current(system.database.connection())
    return {pump.id: _status(system, pump, lost.get(pump.id)) for pump in pumps}


def of(system: System, pump: HeatPump) -> Status:
    return of_all(system, [pump])[pump.id]


def last_outage(system: System, heatpump_id: str) -> outages.Outage | None:
    """The last time that a heat pump could not be read, open or over."""
    return outages.last(system.database.connection(), heatpump_id)


def _status(system: System, pump: HeatPump, outage: outages.Outage | None) -> Status:
    last_seen = system.latest.last_seen(pump.id)
    freshness = _freshness(system, pump, last_seen)
    if not pump.enabled:
        return Status("disabled", "none", None, last_seen, None)
    why = system.roster.unreadable.get(pump.id)
    if why is not None:
        return Status("unreadable", "none", None, last_seen, Message("%(why)s", {"why": why}))
    if outage is not None:
        return Status("offline", freshness, outage.since, last_seen, outage.reason)
    if last_seen is None:
        return Status("waiting", "none", None, None, None)
    return Status("online", freshness, None, last_seen, None)


def _freshness(system: System, pump: HeatPump, last_seen: int | None) -> Freshness:
    if last_seen is None:
        return "none"
    intervals = (system.clock() - last_seen) / system.roster.interval_s(pump)
    if intervals <= LATE_INTERVALS:
        return "fresh"
    return "late" if intervals <= STALE_INTERVALS else "stale"
