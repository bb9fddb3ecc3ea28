"""What it costs to judge one more hour of a heat pump that is read every 30 s, and to learn it."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from app.analysis.behaviour.minutes import BACKUP, BIVALENCE, READ
from app.analysis.detector.forest import grow
from app.polling.behaviour import Behaviour
from app.polling.latest import Latest
from app.reading import Column, Reading, Value
from app.store import heatpumps, readings
from app.store.database import Database
from app.store.heatpumps import HeatPump
from bench.figures import Figure, percentile
from drivers.simulators.plant import Plant

BEGIN, DAY_S, HOUR_S, STEP_S = 1_700_006_400, 86_400, 3600, 30
DAYS, HOURS = 92, 24
WORDS = ("operating_mode", "compressor_on", BACKUP)
COLUMNS = tuple(
    Column(sensor, "", "text" if sensor in WORDS else "0.01")
    for sensor in READ
    if sensor != "defrost" and sensor not in BIVALENCE
)


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "monitor.db")
        pump = HeatPump("hp-001", "A", "idm", "navigator_2_0", {"host": "a"}, {}, True, BEGIN, BEGIN)
        with database.transaction() as db:
            heatpumps.put(db, pump)
        plant = Plant(5, start=BEGIN)
        _live(database, plant, DAYS * DAY_S)
        behaviour = Behaviour(database, Latest(), lambda: plant.at + 120, growing=grow)
        begun = time.process_time()
        behaviour.run(gently=False)
        learning_s = time.process_time() - begun
        took = []
        for _ in range(HOURS):
            _live(database, plant, HOUR_S)
            begun = time.process_time()
            judged = behaviour.run(gently=False)
            took.append((time.process_time() - begun) * 1000)
            assert judged == 1
        database.close()
    return [
        Figure("judging one hour of one heat pump (median, CPU)", percentile(took, 0.5), "ms", 50),
        Figure("the same, the slowest of a day", max(took), "ms", 50),
        Figure("learning 90 days, and judging the last fourteen (CPU)", learning_s, "s"),
    ]


def _live(database: Database, plant: Plant, seconds: int) -> None:
    with database.transaction() as db:
        for _ in range(seconds // STEP_S):
            plant.advance(plant.at + STEP_S)
            seen = plant.quantities()
            values = tuple(_rounded(seen[column.sensor]) for column in COLUMNS)
            readings.add(db, Reading("hp-001", int(plant.at), COLUMNS, values))


def _rounded(value: Value) -> Value:
    return round(value, 2) if isinstance(value, float) else value
