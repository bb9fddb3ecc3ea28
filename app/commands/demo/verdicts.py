"""What the alert rules would have said in the past of a heat pump, kept as they would have kept it then."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from app.analysis import fitting
from app.analysis.causes import cause
from app.analysis.fitting import Lacking, Machine
from app.analysis.recent import Recent
from app.analysis.replay import Episode
from app.analysis.rules import Rule
from app.messages import to_json
from app.polling import announcing
from app.services import backtest
from app.store import alert_events, alerts, outages, readings
from app.store.alerts import Alert
from app.store.heatpumps import HeatPump
from app.system import System

LOOK_BACK_S = 3600


def keep(system: System, db: sqlite3.Connection, pump: HeatPump) -> None:
    """Open and close the events of its past, in order of time. Call it inside a transaction."""
    machine = system.machine(pump)
    if machine is None:
        return
    found: list[tuple[Episode, Alert, Rule]] = []
    for alert in alerts.all_of_them(db):
        rule = _rule(alert, pump, machine)
        if rule is not None:
            found += [(each, alert, rule) for each in backtest.tested(system, pump, alert).episodes]
    for episode, alert, rule in sorted(found, key=lambda each: each[0].opened_at):
        _keep(system, db, pump, (episode, alert, rule))


def _rule(alert: Alert, pump: HeatPump, machine: Machine) -> Rule | None:
    if not alert.enabled or alert.heatpump_id not in (None, pump.id):
        return None
    rule = fitting.fitted(alert.conditions, alert.for_s, machine)
    return None if isinstance(rule, Lacking) else rule


def _keep(system: System, db: sqlite3.Connection, pump: HeatPump, found: tuple[Episode, Alert, Rule]) -> None:
    episode, alert, rule = found
    at = episode.opened_at
    recent = _recent(db, pump.id, rule, at)
    outage = next(iter(outages.within(db, pump.id, at, at + 1)), None)
    causes = [cause(term, recent, at) for term in rule.terms]
    if outage is not None:
        causes = [{**each, "reason": to_json(outage.reason)} if each["kind"] == "offline" else each for each in causes]
    announcing.opened(db, alert, pump.id, causes, episode.since, at, system.upkeep.zone)
    if episode.closed_at is not None:
        event = alert_events.open_one(db, alert.id, pump.id)
        if event is not None:
            announcing.closed(db, replace(event, announced=False), episode.closed_at, "recovered")


def _recent(db: sqlite3.Connection, heatpump_id: str, rule: Rule, at: int) -> Recent:
    """What was known of the heat pump at that time, as far as this rule looks at it."""
    windows = fitting.windows(rule.terms)
    looked_at = fitting.sensors(rule.terms)
    recent = Recent(looked_at, windows)
    start = at - max([LOOK_BACK_S, *(seconds for _, seconds in windows)])
    if looked_at:
        for moment, values in readings.samples(db, heatpump_id, looked_at, start, at + 1):
            recent.take(moment, dict(zip(looked_at, values, strict=True)))
    return recent
