"""The rules that every installation begins with; the owner may change or remove them."""

from __future__ import annotations

import sqlite3

from app.alert import Condition
from app.store import alerts
from app.store.alerts import Alert

HOUR_S = 3600

USUAL = (
    Alert(0, None, "offline", "", (Condition("offline"),), 600, "critical", None, "", True),
    Alert(0, None, "device_error", "", (Condition("error"),), 0, "critical", None, "", True),
    Alert(
        0,
        None,
        "cold_hot_water",
        "",
        (
            Condition(
                "threshold",
                "temp_hot_water",
                "below",
                -12.0,
                hysteresis=2.0,
                against="temp_hot_water_target",
                instead=35.0,
            ),
        ),
        4 * HOUR_S,
        "warning",
        None,
        "",
        True,
    ),
)
"""Offline; a fault that the machine reports; and hot water that has been 12 K colder than its own target for hours
(below 35 °C where a machine tells no target): more than the hysteresis of a cylinder, longer than a charge takes."""


def furnish(db: sqlite3.Connection, at: int) -> None:
    """Once, at the very first start. Call it inside a transaction."""
    if alerts.changes(db) == 0:
        for alert in USUAL:
            alerts.add(db, alert, at)
