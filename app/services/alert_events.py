"""What alert rules have found, and what an owner does about it."""

from __future__ import annotations

from app.messages import Invalid, NotFound
from app.services import free_text
from app.store import alert_events, notifications
from app.store.alert_events import Event
from app.store.among import Among
from app.store.notifications import Notification
from app.system import System

LONGEST_NOTE = 500
LONGEST_SNOOZE_S = 30 * 86_400
MOST_AT_ONCE = 200


def open_ones(system: System, heatpump_id: str | None = None, *, among: Among = None) -> list[Event]:
    """Of one heat pump, or of these; the worst first."""
    return alert_events.open_ones(system.database.connection(), heatpump_id, among=among)


def number_open(system: System, heatpump_id: str | None = None, *, among: Among = None) -> int:
    return alert_events.number_open(system.database.connection(), heatpump_id, among=among)


def get(system: System, event_id: int) -> Event:
    """Raises NotFound."""
    event = alert_events.find(system.database.connection(), event_id)
    if event is None:
        raise NotFound("there is no alert event %(id)d", id=event_id)
    return event


def log(
    system: System,
    *,
    heatpump_id: str | None = None,
    among: Among = None,
    severity: str | None = None,
    open_only: bool = False,
    start: int = 0,
    end: int | None = None,
    before_id: int | None = None,
    limit: int = MOST_AT_ONCE,
) -> list[Event]:
    """Those that lasted at some moment of the period, the newest first."""
    return alert_events.log(
        system.database.connection(),
        heatpump_id=heatpump_id,
        among=among,
        severity=severity,
        open_only=open_only,
        start=start,
        end=end,
        before_id=before_id,
        limit=min(limit, MOST_AT_ONCE),
    )


def messages(system: System, event: Event) -> list[Notification]:
    return notifications.of_event(system.database.connection(), event.id)


def acknowledge(system: System, event_id: int, who: str, note: str = "") -> Event:
    """Somebody knows: it is not repeated any more. Who was first, counts. Raises NotFound, Invalid."""
    get(system, event_id)
    free_text.check("note", note, LONGEST_NOTE)
    with system.database.transaction() as db:
        alert_events.acknowledge(db, event_id, who, note.strip(), int(system.clock()))
    return get(system, event_id)


def snooze(system: System, event_id: int, seconds: float) -> Event:
    """Say nothing about it for so long; if it still lasts then, it is said. 0 ends it. Raises NotFound, Invalid."""
    event = get(system, event_id)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST_SNOOZE_S:
        raise Invalid(
            "seconds",
            "%(value)s is not a number from %(least)g to %(most)g",
            value=seconds,
            least=0,
            most=LONGEST_SNOOZE_S,
        )
    if event.closed_at is not None:
        raise Invalid("seconds", "this is over already")
    with system.database.transaction() as db:
        alert_events.be_quiet(db, event_id, int(system.clock() + seconds) if seconds else None)
    return get(system, event_id)
