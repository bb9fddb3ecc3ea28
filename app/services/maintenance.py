"""Maintenance: times in which events are kept but nobody is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.messages import Invalid, NotFound
from app.services import free_text, heatpumps
from app.services.moments import LATEST_TIME
from app.store import maintenance
from app.store.among import Among
from app.store.maintenance import Maintenance
from app.system import System

LONGEST_NOTE = 200
FIELDS = ("heatpump_id", "note", "starts_at", "ends_at", "weekdays", "from_minute", "to_minute")


def all_of_them(system: System, among: Among = None) -> list[Maintenance]:
    """Those of these heat pumps, and those of all."""
    found = maintenance.all_of_them(system.database.connection())
    return [each for each in found if among is None or each.heatpump_id is None or each.heatpump_id in among]


def get(system: System, maintenance_id: int) -> Maintenance:
    """Raises NotFound."""
    found = maintenance.find(system.database.connection(), maintenance_id)
    if found is None:
        raise NotFound("there is no maintenance %(id)d", id=maintenance_id)
    return found


def add(system: System, sent: Mapping[str, Any]) -> Maintenance:
    """Once with starts_at and ends_at (UTC seconds), or every week with weekdays, from_minute and to_minute.

    Raises NotFound or Invalid.
    """
    for key in sent:
        if key not in FIELDS:
            raise Invalid(str(key), "is not known; known are %(known)s", known=", ".join(FIELDS))
    if sent.get("heatpump_id") is not None:
        heatpumps.get(system, str(sent["heatpump_id"]))
    note = sent.get("note") or ""
    if not isinstance(note, str):
        raise Invalid("note", "%(value)r is no text", value=note)
    free_text.check("note", note, LONGEST_NOTE)
    when = _weekly(sent) if sent.get("weekdays") else _once(sent)
    with system.database.transaction() as db:
        made = Maintenance(0, sent.get("heatpump_id"), note.strip(), **when)
        return maintenance.add(db, made, int(system.clock()))


def remove(system: System, maintenance_id: int) -> None:
    """Raises NotFound."""
    get(system, maintenance_id)
    with system.database.transaction() as db:
        maintenance.remove(db, maintenance_id)


def _once(sent: Mapping[str, Any]) -> dict[str, Any]:
    starts_at = _whole("starts_at", sent.get("starts_at"), LATEST_TIME)
    ends_at = _whole("ends_at", sent.get("ends_at"), LATEST_TIME)
    if ends_at <= starts_at:
        raise Invalid("ends_at", "must be after the beginning")
    return {"starts_at": starts_at, "ends_at": ends_at}


def _weekly(sent: Mapping[str, Any]) -> dict[str, Any]:
    days = sent["weekdays"]
    if not isinstance(days, list | tuple) or not all(type(day) is int and 0 <= day <= 6 for day in days):
        raise Invalid("weekdays", "must be numbers from 0 (Monday) to 6 (Sunday)")
    return {
        "weekdays": tuple(sorted(set(days))),
        "from_minute": _whole("from_minute", sent.get("from_minute"), 1439),
        "to_minute": _whole("to_minute", sent.get("to_minute"), 1439),
    }


def _whole(key: str, sent: Any, most: int) -> int:
    if type(sent) is not int or not 0 <= sent <= most:
        value = "–" if sent is None else sent
        raise Invalid(key, "%(value)s is not a number from %(least)g to %(most)g", value=value, least=0, most=most)
    return sent
