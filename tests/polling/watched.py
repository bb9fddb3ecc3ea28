"""A heat pump that has been watched for a while: lived in once, then copied for every test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.analysis.behaviour.minutes import BACKUP, BIVALENCE, READ
from app.analysis.detector.forest import grow
from app.config import Config
from app.polling.behaviour import Behaviour
from app.polling.watch import Watch
from app.reading import Column, Reading, Value
from app.services import heatpumps
from app.store import findings, readings
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from drivers.simulators.plant import Plant

BEGIN = 1_700_006_400
STEP_S, DAY_S = 240, 86_400
DAYS = 33
WORDS = ("operating_mode", "compressor_on", BACKUP)
COLUMNS = tuple(
    Column(sensor, "", "text" if sensor in WORDS else "0.01")
    for sensor in READ
    if sensor != "defrost" and sensor not in BIVALENCE
)

Row = tuple[int, dict[str, Value]]
Change = Callable[[dict[str, Value]], dict[str, Value]]


def rows(plant: Plant, days: float) -> list[Row]:
    """Live on for so many days; what was told every four minutes."""
    found = []
    for _ in range(round(days * DAY_S / STEP_S)):
        plant.advance(plant.at + STEP_S)
        seen = plant.quantities()
        found.append((int(plant.at), {column.sensor: _rounded(seen[column.sensor]) for column in COLUMNS}))
    return found


def _rounded(value: Value) -> Value:
    return round(value, 2) if isinstance(value, float) else value


class Watched:
    """One installation with one heat pump, and a clock that stands where its history ends."""

    def __init__(self, folder: Path, sent: dict[str, object] | None = None) -> None:
        self.system: System = assemble(Config(folder))
        self.now = BEGIN + DAY_S
        self.system.clock = lambda: self.now
        self.pump: HeatPump = (
            heatpumps.add(self.system, sent | {"enabled": True})
            if sent is not None
            else heatpumps.all_of_them(self.system)[0]
        )
        self.behaviour = self.begin_again()

    def begin_again(self) -> Behaviour:
        """The program ended and began again."""
        self.system.latest.load(self.system.database.connection())
        system = self.system
        system.watch = Watch(
            system.database, system.latest, system.machine, ZoneInfo(system.config.timezone), lambda: self.now
        )
        self.behaviour = Behaviour(system.database, system.latest, lambda: self.now, watch=system.watch, growing=grow)
        return self.behaviour

    def tell(self, told: list[Row], change: Change = lambda row: row) -> None:
        """This was read, changed in some way."""
        with self.system.database.transaction() as db:
            for at, row in told:
                changed = change(dict(row))
                columns = tuple(column for column in COLUMNS if column.sensor in changed)
                values = tuple(_rounded(changed[column.sensor]) for column in columns)
                readings.add(db, Reading(self.pump.id, at, columns, values))
        self.now = told[-1][0] + 120

    def judge(self) -> int:
        return self.behaviour.run(gently=False)

    def scores(self) -> dict[int, float]:
        """hour → score"""
        db = self.system.database.connection()
        kept = readings.samples(db, self.pump.id, ["anomaly_score"], 0, 4_000_000_000)
        found: dict[int, Any] = {}
        for at, (value,) in kept:
            assert at // 3600 * 3600 not in found, "two scores of one hour"
            if value is not None:
                found[at // 3600 * 3600] = value
        return found

    def findings(self) -> list[findings.Finding]:
        return findings.between(self.system.database.connection(), self.pump.id, 0, 4_000_000_000)


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to
