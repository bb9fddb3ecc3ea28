"""What rules have found: the log, and one event with what can be done about it."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.alert import SEVERITIES
from app.messages import Invalid, Message, from_json
from app.services import alert_events, channels, heatpumps
from app.store.alert_events import Event
from app.store.notifications import Notification
from app.web import alert_words, visible
from app.web.access import controlling, signed_in
from app.web.account import safe_target
from app.web.alerts import pages
from app.web.languages import opening
from app.web.parts import system

PER_PAGE = 50
SNOOZES = {
    "3600": Message("1 hour"),
    "14400": Message("4 hours"),
    "86400": Message("1 day"),
    "604800": Message("1 week"),
}


@pages.get("/events")
@signed_in
def log() -> ResponseReturnValue:
    """Filters stand in the address, so that they can be bookmarked."""
    asked, parts = request.args, system()
    pumps = visible.heat_pumps()
    heatpump_id, severity = asked.get("heatpump_id", ""), asked.get("severity", "")
    before = asked.get("before", "")
    found = alert_events.log(
        parts,
        heatpump_id=heatpump_id or None,
        among=visible.among(),
        severity=severity if severity in SEVERITIES else None,
        open_only=asked.get("open") == "1",
        before_id=int(before) if before.isascii() and before.isdigit() and len(before) < 12 else None,
        limit=PER_PAGE + 1,
    )
    filters = {"heatpump_id": heatpump_id, "severity": severity, "open": asked.get("open", "")}
    return render_template(
        "alerts/events.html",
        events=found[:PER_PAGE],
        older={**filters, "before": found[PER_PAGE - 1].id} if len(found) > PER_PAGE else None,
        filters=filters,
        pumps=pumps,
        names={pump.id: pump.name for pump in pumps},
        severities={each: alert_words.severity(each) for each in SEVERITIES},
        words=alert_words,
        now=parts.clock(),
    )


@pages.get("/events/<int:event_id>")
@signed_in
def event(event_id: int) -> ResponseReturnValue:
    return _page(alert_events.get(system(), event_id))


@pages.post("/events/<int:event_id>/acknowledge")
@controlling
def acknowledge(event_id: int) -> ResponseReturnValue:
    try:
        alert_events.acknowledge(system(), event_id, current_user.name, request.form.get("note", ""))
    except Invalid as error:
        return _page(alert_events.get(system(), event_id), error), 400
    return redirect(safe_target(request.form.get("next") or url_for("alerts.event", event_id=event_id)))


@pages.post("/events/<int:event_id>/snooze")
@controlling
def snooze(event_id: int) -> ResponseReturnValue:
    text = request.form.get("seconds", "")
    try:
        if not (text.isascii() and text.isdigit() and len(text) < 9):
            raise Invalid("seconds", "%(value)s is not a number", value=text or "–")
        alert_events.snooze(system(), event_id, int(text))
    except Invalid as error:
        return _page(alert_events.get(system(), event_id), error), 400
    return redirect(safe_target(request.form.get("next") or url_for("alerts.event", event_id=event_id)))


def _page(found: Event, error: Invalid | None = None) -> str:
    parts = system()
    pump = heatpumps.get(parts, found.heatpump_id)
    doings = {doing.channel.id: doing.channel.name for doing in channels.all_of_them(parts)}
    return render_template(
        "alerts/event.html",
        event=found,
        pump=pump,
        messages=[_message(each, doings) for each in alert_events.messages(parts, found)],
        snoozes={seconds: alert_words.said(title) for seconds, title in SNOOZES.items()},
        errors={error.field: opening(error.message)} if error is not None else {},
        words=alert_words,
        now=parts.clock(),
    )


def _message(each: Notification, names: dict[int, str]) -> dict[str, Any]:
    return {
        "channel": names.get(each.channel_id, "–"),
        "kind": each.kind,
        "created_at": each.created_at,
        "notified_at": each.notified_at,
        "due_at": each.due_at,
        "tries": each.tries,
        "given_up": each.given_up,
        "failure": from_json(each.failure) if each.failure else None,
    }
