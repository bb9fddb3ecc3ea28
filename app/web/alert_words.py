"""Alert rules and events in the reader's language."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import g
from flask_babel import gettext

from app import telling
from app.alert import Condition
from app.messages import Message
from app.services import rule_sensors
from app.store.alert_events import Event
from app.store.alerts import Alert
from app.telling import SensorOf, Speaker
from app.web.languages import current
from app.web.parts import system


def speaker() -> Speaker:
    return Speaker(current(), gettext, ZoneInfo(system().config.timezone))


def sensor_of(heatpump_id: str | None) -> SensorOf:
    """What the catalogue says about a sensor: of this heat pump's model, else of the first that has it."""
    if "catalogued" not in g:
        g.catalogued = rule_sensors.catalogued(system())  # a page may have a thousand rules
    known = g.catalogued
    return lambda sensor_id: known.get(heatpump_id, known[None]).get(sensor_id) or known[None].get(sensor_id)


def name(of: Alert | Event) -> str:
    return telling.name(speaker(), of.builtin, of.name)


def advice(of: Alert | Event) -> str:
    return telling.advice(speaker(), of.builtin, of.advice)


def severity(word: str) -> str:
    return speaker().say(telling.SEVERITIES[word])


def conditions(alert: Alert) -> list[str]:
    return [_opened(condition(each, alert.heatpump_id)) for each in alert.conditions]


def condition(each: Condition, heatpump_id: str | None) -> str:
    return telling.condition(speaker(), sensor_of(heatpump_id), each)


def causes(event: Event) -> list[str]:
    return [telling.cause(speaker(), sensor_of(event.heatpump_id), each) for each in event.causes]


def duration(seconds: float) -> str:
    return speaker().duration(seconds)


def sensor_title(sensor_id: str, heatpump_id: str | None = None) -> str:
    return telling.title(speaker(), sensor_of(heatpump_id), sensor_id)


def said(message: Message) -> str:
    return speaker().say(message)


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]
