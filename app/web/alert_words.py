"""Alert rules and events in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flask import g
from flask_babel import gettext, ngettext

from app import telling
from app.alert import Condition
from app.messages import Message
from app.services import rule_sensors
from app.store.alert_events import Event
from app.store.alerts import Alert
from app.store.heatpumps import HeatPump
from app.telling import SensorOf, Speaker
from app.web.languages import current
from app.web.parts import system

MOST_NAMES = 6
"""So many heat pumps a sentence names before it only counts them."""


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


def lacking(found: Sequence[tuple[HeatPump, tuple[str, ...]]]) -> list[tuple[str, str]]:
    """Why a rule cannot be used for some heat pumps: (their names, the sensors that they lack), one of each kind."""
    by_titles: dict[str, list[str]] = {}
    for pump, sensors in found:
        titles = ", ".join(sensor_title(sensor, pump.id) for sensor in sensors)
        by_titles.setdefault(titles, []).append(pump.name)
    return [(listed(names), titles) for titles, names in by_titles.items()]


def listed(names: Sequence[str]) -> str:
    """The first names, and how many others: A, B, C and 40 more."""
    further = len(names) - MOST_NAMES
    if further < 2:  # the last name takes no more room than its number
        return ", ".join(names)
    named = ", ".join(names[:MOST_NAMES])
    return str(ngettext("%(names)s and %(num)d more", "%(names)s and %(num)d more", further, names=named))


def sensor_title(sensor_id: str, heatpump_id: str | None = None) -> str:
    return telling.title(speaker(), sensor_of(heatpump_id), sensor_id)


def said(message: Message) -> str:
    return speaker().say(message)


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]
