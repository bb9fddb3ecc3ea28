"""What becomes of an event: who is told when, and who is not, all in the transaction of what happened.

Call everything here inside a transaction; each function says whether messages were written.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import tzinfo

from app.analysis import hours
from app.store import alert_events, maintenance, notifications
from app.store.alert_events import FLAPPING, Cause, Ending, Event
from app.store.alerts import Alert
from app.store.annotations import add as annotate
from app.store.notifications import Kind

SETTLED_S = 3600
"""What comes back within the hour is the same event; what stays away for so long after flapping is over."""


def opened(
    db: sqlite3.Connection, alert: Alert, heatpump_id: str, causes: Sequence[Cause], since: int, now: int, zone: tzinfo
) -> bool:
    """A rule has held for long enough. The third time within the hour is called flapping, further ones are not told."""
    before = alert_events.just_over(db, alert.id, heatpump_id, now - SETTLED_S)
    if before is None:
        event = alert_events.open_new(db, alert, heatpump_id, causes, since, now)
        annotate(db, heatpump_id, since, "", "alert", now, event_id=event.id)
    else:
        event = alert_events.open_again(db, before.id, causes)
    quiet_until = max(maintenance_end(db, heatpump_id, now, zone) or 0, event.quiet_until or 0)
    if quiet_until > now:
        alert_events.be_quiet(db, event.id, quiet_until)
        return False
    if event.openings > FLAPPING:
        return False
    kinds: dict[int, Kind] = {1: "opened", FLAPPING: "flapping"}
    return _announce(db, event, kinds.get(event.openings, "again"), alert.repeat_s, now)


def closed(db: sqlite3.Connection, event: Event, now: int, ending: Ending) -> bool:
    """A rule holds no more, or nobody watches it any longer. Who was told that it began is told that it is over."""
    alert_events.close(db, event.id, now, ending)
    if ending != "recovered" or not event.announced or event.flapping:
        return False
    return notifications.add_to_the_told(db, event.id, "recovered", now) > 0


def remind(db: sqlite3.Connection, repeats: Mapping[int, int | None], now: int, zone: tzinfo) -> bool:
    """What time alone brings: the end of a snooze or of maintenance, a repetition, the end of flapping.

    `repeats`: alert → every how many seconds it is said again.
    """
    told = False
    for event in alert_events.open_ones(db):
        if event.quiet_until is not None and event.quiet_until <= now:
            told |= _break_silence(db, event, repeats, now, zone)
        elif event.quiet_until is None and event.repeat_at is not None and event.repeat_at <= now:
            told |= _say_again(db, event, repeats, now, zone)
    for event in alert_events.unsettled(db, now - SETTLED_S):
        alert_events.settle(db, event.id)
        told |= notifications.add_to_the_told(db, event.id, "recovered", now) > 0
    return told


def due(events: Sequence[Event], now: int) -> bool:
    """Whether one of these open events needs `remind`."""
    return any(
        at is not None and at <= now
        for event in events
        for at in (event.quiet_until, event.quiet_until or event.repeat_at)
    )


def maintenance_end(db: sqlite3.Connection, heatpump_id: str, now: int, zone: tzinfo) -> int | None:
    """When the maintenance of this heat pump ends; None when there is none now."""
    ends = []
    for each in maintenance.of_heatpump(db, heatpump_id):
        if each.starts_at is not None and each.ends_at is not None:
            if each.starts_at <= now < each.ends_at:
                ends.append(each.ends_at)
        elif each.from_minute is not None and each.to_minute is not None:
            until = hours.end(each.from_minute, each.to_minute, each.weekdays, now, zone)
            if until is not None:
                ends.append(until)
    return max(ends, default=None)


def _break_silence(
    db: sqlite3.Connection, event: Event, repeats: Mapping[int, int | None], now: int, zone: tzinfo
) -> bool:
    alert_events.be_quiet(db, event.id, None)
    if event.acknowledged_at is not None or event.openings > FLAPPING:
        return False
    return _say_again(db, event, repeats, now, zone)


def _say_again(db: sqlite3.Connection, event: Event, repeats: Mapping[int, int | None], now: int, zone: tzinfo) -> bool:
    until = maintenance_end(db, event.heatpump_id, now, zone)
    if until is not None:
        alert_events.be_quiet(db, event.id, until)
        return False
    return _announce(db, event, "repeated" if event.announced else "opened", repeats.get(event.alert_id or 0), now)


def _announce(db: sqlite3.Connection, event: Event, kind: Kind, repeat_s: int | None, now: int) -> bool:
    alert_events.announce(db, event.id, None if repeat_s is None else now + repeat_s)
    return notifications.add(db, event.id, kind, event.severity, now) > 0
