"""A history to test with: an iDM whose simulated house ran for a while, with gaps, nulls and words."""

from __future__ import annotations

import sqlite3

from app.polling import pipeline
from app.services import exports, heatpumps
from app.store import readings
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.base import Answer, Sample
from drivers.simulators.plant import Plant
from drivers.simulators.readout import Readout

BEGIN = 1_700_000_000


def lived_in(system: System, pump: HeatPump, polls: int, step_s: int = 60) -> None:
    """That many polls; every tenth asks for everything, and one night is missing."""
    model = system.catalogue.find(pump.manufacturer, pump.model)
    plant = Plant(3, start=BEGIN)
    readout = Readout(model, pump.options, plant)
    everything = [sensor for sensor in model.sensors(pump.options) if sensor.id in readout.sensors]
    measured = [sensor for sensor in everything if sensor.tier == "fast"]
    with system.database.transaction() as db:
        for number in range(polls):
            at = BEGIN + number * step_s + (40 * 86400 if number > polls // 2 else 0)
            plant.advance(BEGIN + number * 600)
            sensors = measured if number % 10 else everything
            samples = {sensor.id: Sample(readout.value(sensor.id), None) for sensor in sensors}
            readings.add(db, pipeline.reading_of(pump.id, at, sensors, Answer(samples)))


def csv_of(system: System, heatpump_id: str, sensors: tuple[str, ...] = (), **borders: int) -> str:
    return "".join(exports.csv_pieces(system, exports.chosen(system, heatpump_id, sensors, **borders)))


def house(system: System, idm: dict[str, object]) -> HeatPump:
    return heatpumps.add(system, idm)


def polls_kept(db: sqlite3.Connection, heatpump_id: str) -> int:
    """How many polls of this heat pump the database has, in rows and in blocks."""
    number: int = db.execute(
        "SELECT (SELECT count(*) FROM polls WHERE heatpump_id = :id)"
        " + (SELECT coalesce(sum(polls), 0) FROM blocks WHERE heatpump_id = :id)",
        {"id": heatpump_id},
    ).fetchone()[0]
    return number
