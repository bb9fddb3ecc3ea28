"""Looking through the audit: filters, pages and a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from app.messages import Invalid, NotFound
from app.services import moments
from app.services.csv_cells import cell
from app.store import audit
from app.store.among import Among
from app.store.audit import Entry, Filter, Result
from app.system import System

MOST_AT_ONCE = 500
OUTCOMES: tuple[Result, ...] = ("confirmed", "unconfirmed", "skipped", "denied", "failed")
HEAD = (
    "id", "begun", "ended", "actor_kind", "actor", "action", "heatpump_id", "heatpump", "sensor", "old", "requested",
    "read_back", "outcome", "text", "undoes",
)  # fmt: skip
"""The columns of the CSV file."""


def wanted(asked: Mapping[str, str], timezone: str, among: Among = None) -> Filter:
    """`heatpump_id`, `sensor`, `outcome`, `actor`, `from`, `to`; empty ones do not count. Raises Invalid."""
    given = {name: text.strip() for name, text in asked.items() if text.strip()}
    outcome = given.get("outcome")
    if outcome is not None and outcome not in OUTCOMES:
        raise Invalid("outcome", "%(value)s is not one of %(words)s", value=outcome[:50], words=", ".join(OUTCOMES))
    return Filter(
        given.get("heatpump_id"),
        given.get("sensor"),
        outcome,
        given.get("actor"),
        moments.border("from", given["from"], timezone) if "from" in given else None,
        moments.border("to", given["to"], timezone, end=True) if "to" in given else None,
        among,
    )


def newest(system: System, which: Filter, most: int, before: int | None = None) -> list[Entry]:
    """The newest entries; `before` goes on after the entry of this number."""
    return audit.newest(system.database.connection(), which, min(most, MOST_AT_ONCE), before)


def get(system: System, entry_id: int) -> Entry:
    """Raises NotFound."""
    entry = audit.find(system.database.connection(), entry_id)
    if entry is None:
        raise NotFound("there is no audit entry %(id)s", id=entry_id)
    return entry


def choices(system: System, among: Among = None) -> tuple[dict[str, str], list[str]]:
    """What can be filtered by: the heat pumps in the audit (id → name), also those that are gone, and who is in it."""
    db = system.database.connection()
    pumps = {each: name for each, name in audit.heat_pumps(db).items() if among is None or each in among}
    return pumps, audit.actors(db, among)


def csv_lines(system: System, which: Filter) -> Iterator[str]:
    """The whole audit as CSV, newest first, in constant memory; sentences in English."""
    yield _line(HEAD)
    for entry in audit.every(system.database.connection(), which):
        intent = entry.intent
        facts = (
            entry.id,
            moments.written(entry.begun_at),
            None if entry.ended_at is None else moments.written(entry.ended_at),
            intent.actor.kind,
            intent.actor.name,
            intent.action,
            intent.heatpump_id,
            intent.heatpump,
            intent.sensor,
            intent.old,
            intent.requested,
            entry.read_back,
            entry.outcome,
            None if entry.said is None else str(entry.said),
            intent.undoes,
        )
        yield _line(tuple(cell(fact) for fact in facts))


def _line(cells: tuple[object, ...]) -> str:
    content = io.StringIO()
    csv.writer(content).writerow(cells)
    return content.getvalue()
