"""Notes on the time line: added by hand or by what happened, shown on every chart, and editable."""

from __future__ import annotations

from app.messages import Invalid, NotFound
from app.services import free_text, heatpumps
from app.services.moments import LATEST_TIME
from app.store import alert_events
from app.store import annotations as kept
from app.store.alert_events import Event
from app.store.among import Among
from app.store.annotations import Annotation, Source
from app.system import System

LONGEST_TEXT = 500
MOST_AT_ONCE = 500


def within(
    system: System, heatpump_id: str | None, start: int, end: int, *, among: Among = None
) -> list[tuple[Annotation, Event | None]]:
    """Those of a heat pump (None: of these), and those of all, in start <= time < end, the newest first.

    With the event that one belongs to. Raises NotFound.
    """
    if heatpump_id is not None:
        heatpumps.get(system, heatpump_id)
    db = system.database.connection()
    found = kept.within(db, heatpump_id, start, end, MOST_AT_ONCE, among=among)
    return [(each, alert_events.find(db, each.event_id) if each.event_id is not None else None) for each in found]


def get(system: System, annotation_id: int) -> Annotation:
    """Raises NotFound."""
    found = kept.find(system.database.connection(), annotation_id)
    if found is None:
        raise NotFound("there is no annotation %(id)d", id=annotation_id)
    return found


def add(
    system: System,
    heatpump_id: str | None,
    at: int,
    text: str,
    *,
    until: int | None = None,
    source: Source = "hand",
    author: str | None = None,
) -> Annotation:
    """Keep a note; inside a transaction use store.annotations.add. Raises NotFound, Invalid."""
    if heatpump_id is not None:
        heatpumps.get(system, heatpump_id)
    _check(at, until, text, may_be_empty=False)
    with system.database.transaction() as db:
        annotation_id = kept.add(
            db, heatpump_id, at, text.strip(), source, int(system.clock()), until=until, author=author
        )
    return get(system, annotation_id)


def change(
    system: System, annotation_id: int, at: int, until: int | None, text: str, author: str | None = None
) -> Annotation:
    """One that an event made may be empty again: then it says what the event says. Raises NotFound, Invalid."""
    before = get(system, annotation_id)
    _check(at, until, text, may_be_empty=before.event_id is not None)
    with system.database.transaction() as db:
        kept.change(db, annotation_id, at, until, text.strip(), author, int(system.clock()))
    return get(system, annotation_id)


def remove(system: System, annotation_id: int) -> None:
    """Raises NotFound."""
    get(system, annotation_id)
    with system.database.transaction() as db:
        kept.remove(db, annotation_id)


def _check(at: int, until: int | None, text: str, *, may_be_empty: bool) -> None:
    if not isinstance(text, str) or (not text.strip() and not may_be_empty):
        raise Invalid("text", "a note needs some words")
    free_text.check("text", text, LONGEST_TEXT)
    for key, moment in (("at", at), ("until", until)):
        if moment is not None and (type(moment) is not int or not 0 <= moment <= LATEST_TIME):
            raise Invalid(
                key, "%(value)s is not a number from %(least)g to %(most)g", value=moment, least=0, most=LATEST_TIME
            )
    if type(at) is not int:
        raise Invalid("at", "is missing")
    if until is not None and until < at:
        raise Invalid("until", "must be after the beginning")
