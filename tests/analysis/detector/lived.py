"""A simulated house as the detector's files have it: one row a minute."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.analysis.detector.recording import SENSORS, Recording, recording
from drivers.simulators.plant import Plant

BEGIN = 1_700_006_400
MINUTES_A_DAY = 1440
HEADING = ("timestamp", "mode", *SENSORS)
MODES = {"off": 0, "heating": 1, "hot_water": 2, "defrost": 3}
TOLD_AS = {
    "power_current": "power_current_draw",
    "power_thermal": "power_current",
    "compressor_hz": "compressor_frequency",
    "temp_flow_set": "temp_flow_target",
}

Rows = NDArray[np.float64]


def rows_of(plant: Plant, days: float) -> Rows:
    """Live on for so many days, and round like a controller."""
    rows = []
    for _ in range(round(days * MINUTES_A_DAY)):
        plant.advance(plant.at + 60)
        seen = plant.quantities()
        sensors = [float(seen[TOLD_AS.get(name, name)]) for name in SENSORS]
        rows.append([plant.at, MODES[str(seen["operating_mode"])], *(round(value, 2) for value in sensors)])
    return np.array(rows)


def as_recording(rows: Rows) -> Recording:
    return recording(rows[:, 0], rows[:, 1], {name: rows[:, HEADING.index(name)] for name in SENSORS})[0]


def write(path: Path, rows: Rows, heading: tuple[str, ...] = HEADING) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        for row in rows.tolist():
            writer.writerow(
                "" if value != value else f"{value:g}" if place else round(value) for place, value in enumerate(row)
            )
    return path
