"""What the owner of the demo did in the past: rules, a tariff, changed settings, notes, a job."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from app.alert import Condition
from app.commands.demo import houses
from app.commands.demo.houses import Change
from app.commands.demo.past import Life
from app.commands.demo.words import Language, said
from app.messages import Invalid, Message
from app.services import dashboards, heatpumps, jobs, metering, tariffs
from app.store import alert_events, alerts, audit, outages, settings_log
from app.store import annotations as kept_notes
from app.store.alerts import Alert
from app.store.audit import Actor, Intent
from app.store.heatpumps import HeatPump
from app.store.settings_log import Cause, Known
from app.system import System
from drivers.errors import Unreachable

USER = "demo"
WRITTEN_S = 3
"""From the wish to the value read back."""

MOST_STARTS = 45
AFTER_S = 5 * 3600
RULES = (
    Alert(
        0,
        None,
        None,
        "Verdichter startet zu oft",
        (Condition("counter", "compressor_starts", value=MOST_STARTS, window_s=86_400),),
        0,
        "warning",
        None,
        "Pufferspeicher, offene Heizkreise und Einschaltverzögerung prüfen lassen.",
        True,
    ),
    Alert(
        0,
        None,
        None,
        "Räume kühlen aus",
        (Condition("threshold", "temp_room", "below", 18.0, hysteresis=0.5),),
        1800,
        "warning",
        None,
        "",
        True,
    ),
)
TARIFF = {
    "since": "2025-01-01",
    "per_year": 132.0,
    "prices": [{"per_kwh": 0.239, "co2": 380, "begin": 22, "end": 6}, {"per_kwh": 0.312, "co2": 380}],
}
JOB = {
    "name": "Warmwasser am Wochenende wärmer",
    "schedule": {"days": [5, 6], "times": ["07:30"]},
    "sensor": "temp_hot_water_target",
    "value": 52,
    "end_after_s": 4 * 3600,
    "end_value": 50,
}
METERING = {"source": "air", "building_pumps": False, "backup_heater": "counted", "source_pump": "counted"}
NOTES = {
    "": (
        (64, "Heizung gewartet, Anlagendruck nachgefüllt", None),
        (17, "Thermostatventile im Obergeschoss geöffnet", None),
    ),
    "short runs": ((11, "Monteur hat die Einschaltverzögerung verstellt", None),),
    "outage": ((6, "Netzwerkschrank umgebaut", 7_200),),
    "offline": ((3, "Strom im Ferienhaus abgestellt?", None),),
}


def furnish(system: System, language: Language) -> None:
    """What is there before the first heat pump."""
    with system.database.transaction() as db:
        for rule in RULES:
            advice = said(rule.advice, language) if rule.advice else ""
            alerts.add(db, replace(rule, name=said(rule.name, language), advice=advice), int(system.clock()))
    tariffs.keep(system, TARIFF)


def lay_out(system: System, language: Language) -> None:
    """One dashboard with all heat pumps side by side."""
    content = dashboards.proposal(system, heatpumps.all_of_them(system))
    dashboards.add_made(system, said("Alle Wärmepumpen", language), None, content)


def keep(
    db: sqlite3.Connection,
    pump: HeatPump,
    number: int,
    life: Life,
    changes: Sequence[tuple[int, Change]],
    language: Language,
) -> None:
    """Everything but alerts. Call it inside the transaction that keeps the heat pump's past."""
    for sensor, value in life.settings.items():
        settings_log.add(db, pump.id, sensor, Known(life.begin, value), "first")
    known = dict(life.settings)
    for at, change in changes:
        before = known.get(change.sensor)
        known[change.sensor] = change.value
        entry = _written(db, pump, at, change, before) if change.ours else None
        cause: Cause = "us" if change.ours else "unit"
        settings_log.add(db, pump.id, change.sensor, Known(at + WRITTEN_S, change.value), cause, entry)
    house = houses.house(number)
    now = life.end + (houses.OFFLINE_SINCE_S if house.story == "offline" else 0)
    for days, text, lasted in NOTES.get(house.story, ()):
        if house.story or number == 1:
            at = now - days * 86_400
            until = None if lasted is None else at + lasted
            written = said(text, language)
            kept_notes.add(db, pump.id, at, written, "hand", at + AFTER_S, until=until, author=USER)


def tell_outages(db: sqlite3.Connection, pump: HeatPump, silence: tuple[int, int], lost_at: int | None) -> None:
    """When it could not be read, and why. Call it inside the transaction that keeps the heat pump's past."""
    reason = Unreachable("nobody answers at %(address)s within %(seconds)g s", address="127.0.0.1:502", seconds=5.0)
    if silence[1] > silence[0]:
        outages.begin(db, pump.id, silence[0], reason)
        outages.end(db, pump.id, silence[1])
    if lost_at is not None:
        outages.begin(db, pump.id, lost_at, reason)


def mind(db: sqlite3.Connection, pump: HeatPump, language: Language) -> None:
    """The owner has seen what is over, and has said what came of it. Call it inside a transaction."""
    notes = {"device_error": "Ventil getauscht und Störung am Gerät quittiert.", "offline": "War angekündigt."}
    for event in alert_events.log(db, heatpump_id=pump.id, limit=100):
        if event.closed_at is not None and event.builtin in notes:
            alert_events.acknowledge(db, event.id, USER, said(notes[event.builtin], language), event.closed_at)


def answer(system: System, pump: HeatPump) -> None:
    """What the owner knows about its meters."""
    metering.answer(system, pump, METERING)


def plan(system: System, pump: HeatPump, language: Language) -> None:
    """A job for those that can do it."""
    try:
        jobs.add(system, {"heatpump_id": pump.id, **JOB, "name": said(str(JOB["name"]), language)})
    except Invalid:
        return  # this machine has another setting for it, or none


def _written(db: sqlite3.Connection, pump: HeatPump, at: int, change: Change, before: float | int | str | None) -> int:
    intent = Intent(Actor("user", USER), "write", pump.id, pump.name, change.sensor, before, change.value)
    entry = audit.begin(db, intent, at, reached=True)
    said = Message("it was written and read back")
    audit.finish(db, entry, at + WRITTEN_S, "confirmed", said, read_back=change.value, reached=True)
    return entry
