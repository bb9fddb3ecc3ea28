"""The owner's alert rules: add, change, switch off, remove, try out on the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from app.analysis import fitting
from app.analysis.fitting import Lacking, Machine
from app.messages import NotFound
from app.services import alert_content, backtest
from app.services.backtest import Tested
from app.store import alerts
from app.store.alerts import Alert
from app.store.among import Among
from app.store.heatpumps import HeatPump
from app.system import System


def all_of_them(system: System, among: Among = None) -> list[Alert]:
    """Those about these heat pumps, and those about all."""
    found = alerts.all_of_them(system.database.connection())
    return [each for each in found if among is None or each.heatpump_id is None or each.heatpump_id in among]


def get(system: System, alert_id: int) -> Alert:
    """Raises NotFound."""
    found = alerts.find(system.database.connection(), alert_id)
    if found is None:
        raise NotFound("there is no alert rule %(id)d", id=alert_id)
    return found


def add(system: System, sent: Mapping[str, Any]) -> Alert:
    """Keep a new rule; it is judged from the next reading on. Raises Invalid."""
    alert = alert_content.checked(system, sent)
    with system.database.transaction() as db:
        return alerts.add(db, alert, int(system.clock()))


def change(system: System, alert_id: int, sent: Mapping[str, Any]) -> Alert:
    """Change the fields that were sent; the others stay. Raises NotFound or Invalid."""
    before = get(system, alert_id)
    alert = replace(alert_content.checked(system, {**sent_again(before), **sent}, before.builtin), id=alert_id)
    with system.database.transaction() as db:
        alerts.change(db, alert, int(system.clock()))
    return alert


def remove(system: System, alert_id: int) -> None:
    """The rule; what it found stays in the log. Raises NotFound."""
    get(system, alert_id)
    with system.database.transaction() as db:
        alerts.remove(db, alert_id)


def try_out(system: System, sent: Mapping[str, Any], builtin: str | None = None) -> tuple[Alert, list[Tested]]:
    """What such a rule would have found in the last 90 days; nothing is kept. Raises Invalid."""
    unnamed = {**sent, "name": sent.get("name") or "–"}
    alert = alert_content.checked(system, unnamed, builtin)
    return alert, backtest.run(system, alert)


def machines(system: System, pumps: Iterable[HeatPump]) -> list[tuple[HeatPump, Machine]]:
    """What rules must know about each of these heat pumps whose model is known."""
    described = [(pump, system.machine(pump)) for pump in pumps]
    return [(pump, machine) for pump, machine in described if machine is not None]


def lacking(alert: Alert, known: Iterable[tuple[HeatPump, Machine]]) -> list[tuple[HeatPump, tuple[str, ...]]]:
    """The heat pumps for which this rule cannot be used, and the sensors that they lack."""
    found = []
    for pump, machine in known:
        if alert.heatpump_id in (None, pump.id):
            fitted = fitting.fitted(alert.conditions, alert.for_s, machine)
            if isinstance(fitted, Lacking):
                found.append((pump, fitted.sensors))
    return found


def sent_again(alert: Alert) -> dict[str, Any]:
    """A stored rule in the shape in which it is sent."""
    return {
        "name": alert.name,
        "heatpump_id": alert.heatpump_id,
        "conditions": [_condition(asdict(condition)) for condition in alert.conditions],
        "for_s": alert.for_s,
        "severity": alert.severity,
        "repeat_s": alert.repeat_s,
        "advice": alert.advice,
        "enabled": alert.enabled,
    }


def _condition(fields: dict[str, Any]) -> dict[str, Any]:
    """Only the fields that say something."""
    return {
        name: list(value) if name == "words" else value for name, value in fields.items() if value not in (None, ())
    }
