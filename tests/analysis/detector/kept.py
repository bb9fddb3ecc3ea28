"""A simulated house whose readings are kept in a database."""

from __future__ import annotations

from app.analysis.detector.samples import READ
from app.polling import detecting
from app.polling.behaviour import Behaviour
from app.reading import Column, Reading
from app.services import heatpumps
from app.store import readings
from drivers.simulators.plant import Plant

DAYS, BEGIN = 33, 1_700_006_400
STEP_S = 120
DAY_S = 86_400
COLUMNS = tuple(
    Column(sensor, "", "text" if sensor in ("operating_mode", "compressor_on") else "float32")
    for sensor in READ
    if sensor != "defrost"
)


class Lived:
    """A heat pump with five weeks of history; `more` lets it live on, perhaps with a sensor that lies."""

    def __init__(self, system, idm, days=DAYS):
        self.system = system
        self.plant = Plant(9, start=BEGIN)
        self.pump = heatpumps.add(system, idm | {"enabled": True})
        self.more(days)

    def more(self, days, lie=None):
        with self.system.database.transaction() as db:
            for _ in range(round(days * DAY_S / STEP_S)):
                self.plant.advance(self.plant.at + STEP_S)
                seen = dict(self.plant.quantities())
                if lie:
                    seen[lie] += 4
                values = tuple(_told(seen[column.sensor]) for column in COLUMNS)
                readings.add(db, Reading(self.pump.id, int(self.plant.at), COLUMNS, values))

    def behaviour(self):
        return Behaviour(self.system.database, self.system.latest, lambda: self.plant.at)

    def scores(self):
        rows = readings.samples(self.system.database.connection(), self.pump.id, [detecting.SCORE], 0, 2_000_000_000)
        return [(at, value) for at, (value,) in rows if value is not None]


def _told(value):
    return round(value, 2) if isinstance(value, float) else value
