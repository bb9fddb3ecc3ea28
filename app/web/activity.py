"""What happened at a heat pump lately, in words and with a link each."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from app.reading import Value
from app.services.activity import Happening
from app.store.alert_events import Event
from app.store.audit import Actor, Entry
from app.store.heatpumps import HeatPump
from app.store.settings_log import Change
from app.web import alert_words, outcomes, shown
from drivers.model import Model
from drivers.sensor import Sensor


@dataclass(frozen=True, slots=True)
class Line:
    """`note` says what became of it; empty where there is nothing to say."""

    at: int
    tone: str
    text: str
    note: str
    address: str


def line(happening: Happening, pump: HeatPump, model: Model) -> Line:
    what = happening.what
    if isinstance(what, Event):
        return _alert(happening, what)
    if isinstance(what, Entry):
        return _write(what, pump, model)
    return _change(what, pump, model)


def _alert(happening: Happening, event: Event) -> Line:
    name, address = alert_words.name(event), url_for("alerts.event", event_id=event.id)
    if happening.phase == "ends":
        lasted = alert_words.duration(event.lasted_s(happening.at))
        return Line(happening.at, "good", gettext("Alert over: %(name)s", name=name), lasted, address)
    tone = {"critical": "bad", "warning": "late"}.get(event.severity, "idle")
    causes = "; ".join(alert_words.causes(event))
    return Line(happening.at, tone, gettext("Alert: %(name)s", name=name), causes, address)


def _write(entry: Entry, pump: HeatPump, model: Model) -> Line:
    intent, address = entry.intent, url_for("audit.page", heatpump_id=pump.id)
    sensor = model.every_sensor.get(intent.sensor or "")
    who = _who(intent.actor)
    if intent.action == "stop":
        text = gettext("Writing stopped by %(who)s", who=who)
    elif intent.action == "allow":
        text = gettext("Writing allowed again by %(who)s", who=who)
    else:
        facts = {"name": shown.title(sensor) if sensor else intent.sensor or "–", "who": who}
        facts |= {"old": _value(sensor, intent.old), "new": _value(sensor, intent.requested)}
        text = gettext("%(name)s: %(old)s → %(new)s, set by %(who)s", **facts)
    tone = outcomes.TONES.get(entry.outcome or "", "idle")
    return Line(
        entry.begun_at, tone if tone in ("late", "bad") else "idle", text, outcomes.word(entry.outcome), address
    )


def _change(change: Change, pump: HeatPump, model: Model) -> Line:
    sensor = model.every_sensor.get(change.sensor)
    facts = {"name": shown.title(sensor) if sensor else change.sensor}
    facts |= {"old": _value(sensor, change.old), "new": _value(sensor, change.new)}
    text = gettext("Changed at the unit: %(name)s %(old)s → %(new)s", **facts)
    return Line(change.at, "idle", text, "", url_for("heatpumps.log_of_settings", heatpump_id=pump.id))


def _value(sensor: Sensor | None, value: Value) -> str:
    if sensor is not None:
        return shown.with_unit(sensor, value)
    return shown.NOTHING if value is None else str(value)


def _who(actor: Actor) -> str:
    if actor.kind == "program":
        return " · ".join(filter(None, (str(gettext("the monitor")), actor.name)))
    if actor.kind == "job":
        return str(gettext("job %(name)s", name=actor.name))
    return str(gettext("token %(name)s", name=actor.name)) if actor.kind == "token" else actor.name
