"""Histories for tests: seeded samples of every kind of sensor, fast and slow, with gaps and words."""

from __future__ import annotations

import math
import random

from app.reading import Column, Reading
from app.store import readings
from drivers.float32 import shortest

FAST = (
    Column("temp_flow", "°C", "float32"),
    Column("temp_odd", "°C", "float32"),
    Column("power_current", "kW", "float64"),
    Column("temp_outside", "°C", "0.1"),
    Column("compressor_frequency", "Hz", "1"),
    Column("energy_heat_total", "kWh", "0.1"),
    Column("operating_mode", "", "text"),
    Column("temp_unfitted", "°C", "float32"),
)
FULL = (*FAST, Column("temp_hot_water_target", "°C", "0.5"), Column("system_mode", "", "text"))
SENSORS = [column.sensor for column in FULL]
MODES = ["heating", "hot_water", "defrost", "standby", "Störung 42"]


def values(source: random.Random, at: int) -> list[float | int | str | None]:
    """One poll of FULL."""
    wave = math.sin(at / 5000)
    drawn = [
        round(30 + 8 * wave + source.uniform(-0.05, 0.05), 2),
        shortest(source.choice([20.078125, 20.140625, 21.062500]) + 0.0078125),
        source.gauss(4, 1),
        round(source.randrange(-200, 200) * 0.1, 1),
        source.randrange(0, 90),
        round((at - 1_600_000_000) // 60 * 0.1, 1),
        MODES[at // 1800 % len(MODES)],
        None,
        source.choice([48.0, 48.5]),
        "automatic",
    ]
    return [None if source.random() < 0.02 else each for each in drawn]


def polls(seed: int, start: int, end: int, step_s: int = 60) -> list[Reading]:
    """Every tenth poll is a full one; some come late by some seconds, some are missing, and once for hours."""
    source = random.Random(seed)
    gap = source.randrange(start, end)
    found = []
    for number, at in enumerate(range(start, end, step_s)):
        if source.random() < 0.01 or gap <= at < gap + 7200:
            continue
        drawn = values(source, at)
        columns = FULL if number % 10 == 0 else FAST
        late = source.choice([0] * 9 + [7])
        found.append(Reading("hp-001", at + late, columns, tuple(drawn[: len(columns)])))
    return found


def keep(database, several):
    with database.transaction() as db:
        for reading in several:
            readings.add(db, reading)


def everything(database, start=0, end=2**40, sensors=SENSORS):
    """Every kept sample, and the type of each, so that 1 and 1.0 differ."""
    db = database.connection()
    found = list(readings.samples(db, "hp-001", sensors, start, end))
    return [(at, row, [type(value) for value in row]) for at, row in found]
