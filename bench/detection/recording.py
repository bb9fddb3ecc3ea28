"""What a recording keeps of a simulated life: noise, steps, missing rows, absent columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.detection.builds import Build
from bench.detection.yard import Row

COLUMNS = (
    "timestamp",
    "mode",
    "temp_outside",
    "temp_flow",
    "temp_return",
    "temp_hot_water",
    "power_current",
    "power_thermal",
    "compressor_hz",
    "temp_flow_set",
)
TEMPERATURES = ("temp_outside", "temp_flow", "temp_return", "temp_hot_water")
CARRIED = len(COLUMNS)


def recorded(build: Build, rows: list[Row | None], dice: int, frozen: frozenset[str]) -> NDArray[np.float64]:
    """Rows × `COLUMNS`, NaN where nothing is delivered; `frozen` sensors have no noise either."""
    random = np.random.default_rng([build.seed, dice])
    truth = np.array([row for row in rows if row is not None], dtype=np.float64)
    seen = truth[:, : len(COLUMNS)].copy()
    sensing, count = build.sensing, len(seen)
    noisy = {}
    for name in TEMPERATURES:
        at = COLUMNS.index(name)
        noisy[name] = seen[:, at] + (0 if name in frozen else sensing.noise_k) * random.standard_normal(count)
        step = sensing.outside_step_k if name == "temp_outside" else sensing.step_k
        seen[:, at] = np.round(noisy[name] / step) * step
    thermal, electric = COLUMNS.index("power_thermal"), COLUMNS.index("power_current")
    if sensing.thermal_from_spread:
        carried = truth[:, CARRIED] * (1 + sensing.flow_noise * random.standard_normal(count))
        seen[:, thermal] = carried * (noisy["temp_flow"] - noisy["temp_return"])
    else:
        seen[:, thermal] *= 1 + sensing.flow_noise * random.standard_normal(count)
    seen[:, electric] *= 1 + sensing.power_noise * random.standard_normal(count)
    for at in (thermal, electric):
        seen[:, at] = np.round(seen[:, at] / sensing.power_step_kw) * sensing.power_step_kw
    seen[:, COLUMNS.index("compressor_hz")] = np.round(seen[:, COLUMNS.index("compressor_hz")])
    seen[:, COLUMNS.index("temp_flow_set")] = np.round(seen[:, COLUMNS.index("temp_flow_set")], 1)
    for name in sensing.absent:
        seen[:, COLUMNS.index(name)] = np.nan
    return seen[random.random(count) >= sensing.missing_share]
