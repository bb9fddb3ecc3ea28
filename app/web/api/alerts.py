"""/api/alerts and /api/alert-events: the owner's rules, and what they have found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.analysis.fitting import Machine
from app.messages import Invalid
from app.services import alert_events, alerts
from app.services.backtest import DAYS, Tested
from app.store.alert_events import Event
from app.store.alerts import Alert
from app.store.heatpumps import HeatPump
from app.web import alert_words, visible
from app.web.access import controlling, owner_only, signed_in
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import alerts as shapes
from app.web.parts import system


@interface.get("/alerts")
@signed_in
@described("The alert rules", shapes.Alerts)
def all_alerts() -> ResponseReturnValue:
    known = alerts.machines(system(), visible.heat_pumps())
    return answer({"alerts": [_shown(alert, known) for alert in alerts.all_of_them(system(), visible.among())]})


@interface.post("/alerts")
@owner_only
@described("Add a rule", shapes.Alert, status=201, sends=shapes.AlertSent)
def add_alert() -> ResponseReturnValue:
    alert = alerts.add(system(), sent_object())
    return answer(_shown(alert), 201, {"Location": url_for("api.one_alert", alert_id=alert.id)})


@interface.post("/alerts/test")
@owner_only
@described("How often a rule would have fired in the last 90 days", shapes.Tried, sends=shapes.AlertSent)
def test_alert() -> ResponseReturnValue:
    """The back-test: how often such a rule would have fired."""
    _, tested = alerts.try_out(system(), sent_object())
    times = sum(len(each.episodes) for each in tested)
    return answer({"days": DAYS, "times": times, "heatpumps": [_tested(each) for each in tested]})


@interface.get("/alerts/<int:alert_id>")
@signed_in
@described("One rule", shapes.Alert)
def one_alert(alert_id: int) -> ResponseReturnValue:
    return answer(_shown(alerts.get(system(), alert_id)))


@interface.put("/alerts/<int:alert_id>")
@owner_only
@described("Change the fields that are sent", shapes.Alert, sends=shapes.AlertSent)
def change_alert(alert_id: int) -> ResponseReturnValue:
    return answer(_shown(alerts.change(system(), alert_id, sent_object())))


@interface.delete("/alerts/<int:alert_id>")
@owner_only
@described("Remove a rule")
def remove_alert(alert_id: int) -> ResponseReturnValue:
    alerts.remove(system(), alert_id)
    return "", 204


@interface.get("/alert-events")
@signed_in
@described("What the rules have found, newest first", shapes.Events, asks=shapes.EventsWanted)
def all_events() -> ResponseReturnValue:
    """?heatpump_id= ?severity= ?open=1 ?from= ?to= ?before=<id of the last one> ?limit="""
    asked = request.args
    found = alert_events.log(
        system(),
        heatpump_id=asked.get("heatpump_id"),
        among=visible.among(),
        severity=asked.get("severity"),
        open_only=asked.get("open") == "1",
        start=_whole("from") or 0,
        end=_whole("to"),
        before_id=_whole("before"),
        limit=_whole("limit") or alert_events.MOST_AT_ONCE,
    )
    return answer({"events": [_event(event) for event in found]})


@interface.get("/alert-events/<int:event_id>")
@signed_in
@described("One event", shapes.Event)
def one_event(event_id: int) -> ResponseReturnValue:
    return answer(_event(alert_events.get(system(), event_id)))


@interface.post("/alert-events/<int:event_id>/acknowledge")
@controlling
@described("Say that somebody knows", shapes.Event, sends=shapes.Acknowledged)
def acknowledge_event(event_id: int) -> ResponseReturnValue:
    sent = sent_object(required=False)
    note = sent.get("note", "")
    if not isinstance(note, str):
        raise Invalid("note", "%(value)r is no text", value=note)
    return answer(_event(alert_events.acknowledge(system(), event_id, current_user.name, note)))


@interface.post("/alert-events/<int:event_id>/snooze")
@controlling
@described("No message about it for so long", shapes.Event, sends=shapes.Snoozed)
def snooze_event(event_id: int) -> ResponseReturnValue:
    return answer(_event(alert_events.snooze(system(), event_id, sent_object().get("seconds"))))  # type: ignore[arg-type]


def _shown(alert: Alert, known: Sequence[tuple[HeatPump, Machine]] | None = None) -> dict[str, Any]:
    known = alerts.machines(system(), visible.heat_pumps()) if known is None else known
    lacking = {pump.id: list(sensors) for pump, sensors in alerts.lacking(alert, known)}
    called = {"title": alert_words.name(alert), "says": alert_words.conditions(alert)}
    return {"id": alert.id, "builtin": alert.builtin, **alerts.sent_again(alert), **called, "lacking": lacking}


def _tested(tested: Tested) -> dict[str, Any]:
    return {
        "heatpump_id": tested.pump.id,
        "since": tested.since,
        "lacking": list(tested.lacking),
        "events": [
            {"since": each.since, "opened_at": each.opened_at, "closed_at": each.closed_at} for each in tested.episodes
        ],
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "alert_id": event.alert_id,
        "heatpump_id": event.heatpump_id,
        "title": alert_words.name(event),
        "severity": event.severity,
        "causes": alert_words.causes(event),
        "since": event.since,
        "opened_at": event.opened_at,
        "closed_at": event.closed_at,
        "lasted_s": event.lasted_s(system().clock()),
        "ending": event.ending,
        "openings": event.openings,
        "flapping": event.flapping,
        "quiet_until": event.quiet_until,
        "acknowledged_at": event.acknowledged_at,
        "acknowledged_by": event.acknowledged_by,
        "note": event.note,
    }


def _whole(name: str) -> int | None:
    given = request.args.get(name, "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 13):
        raise Invalid(name, "%(value)s is not a number", value=given)
    return int(given)
