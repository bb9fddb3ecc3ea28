"""What alert rules must know about a heat pump before they can watch it."""

from __future__ import annotations

import sqlite3

from app.alert import ANOMALY
from app.analysis.fitting import FAULT, Machine
from app.polling.pace import Pace
from app.store import readings
from app.store.heatpumps import HeatPump
from drivers.model import Model

LEAST_SILENCE_S = 900
"""A value may be taken as true for a quarter of an hour, or for three of its intervals."""

INTERVALS = 3


def machine_of(db: sqlite3.Connection, pump: HeatPump, model: Model, pace: Pace) -> Machine:
    """Its fitted sensors, and those that others compute of them, such as an anomaly score."""
    fitted = model.sensors(pump.options)
    silences = {sensor.id: _seconds(pace.between_s(sensor)) for sensor in fitted}
    computed = [name for name in readings.sensors(db, pump.id) if name not in model.every_sensor]
    silences |= dict.fromkeys([*computed, ANOMALY], _seconds(pace.interval_s))
    faults = tuple(sensor.id for sensor in fitted if FAULT in sensor.states.values())
    return Machine(silences, faults, pace.interval_s)


def _seconds(interval_s: float) -> int:
    return max(LEAST_SILENCE_S, round(INTERVALS * interval_s))
