"""A stretch of one heat pump's history as columns: what the detector looks at, whoever measured it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Times = NDArray[np.int64]
Mask = NDArray[np.bool_]

OFF, HEATING, HOT_WATER, DEFROST, UNKNOWN = 0, 1, 2, 3, -1

PLAUSIBLE: Mapping[str, tuple[float, float]] = {
    "temp_outside": (-50.0, 55.0),
    "temp_flow": (-30.0, 100.0),
    "temp_return": (-30.0, 100.0),
    "temp_hot_water": (-10.0, 100.0),
    "power_current": (-0.5, 200.0),
    "power_thermal": (-200.0, 400.0),
    "compressor_hz": (0.0, 400.0),
    "temp_flow_set": (-30.0, 100.0),
}
"""What a sensor of a house can say at all (°C, kW, Hz); anything else is a broken wire, not a temperature."""

SENSORS = tuple(PLAUSIBLE)


@dataclass(frozen=True, slots=True)
class Recording:
    """Rows in strict order of time. `at` is unix seconds; `mode` one of the numbers above; NaN is *not delivered*.

    `power_current` is the electrical input in kW here, `power_thermal` the heat output. `implausible` marks rows in
    which a sensor said what cannot be; its value is NaN then.
    """

    at: Times
    mode: NDArray[np.int8]
    values: Mapping[str, Floats]
    implausible: Mapping[str, Mask]

    def __len__(self) -> int:
        return len(self.at)


def recording(at: Floats, mode: Floats, values: Mapping[str, Floats]) -> tuple[Recording, NDArray[np.intp]]:
    """The recording, and for each row given the place of the newest row kept by then (−1 before the first).

    A row without a time, or not later than one before it (the clock stepped back), is left out. Sensors may be absent.
    """
    ahead = np.where(np.isfinite(at) & (np.abs(at) < 1e11), at, -np.inf)
    newest = np.maximum.accumulate(np.concatenate([[-np.inf], ahead[:-1]])) if len(at) else ahead
    kept = np.floor(ahead) > np.floor(newest)
    place = np.cumsum(kept) - 1
    known = np.isin(mode, (OFF, HEATING, HOT_WATER, DEFROST))
    columns, implausible = {}, {}
    for name in SENSORS:
        column = np.asarray(values[name], dtype=np.float64)[kept] if name in values else np.full(kept.sum(), np.nan)
        low, high = PLAUSIBLE[name]
        with np.errstate(invalid="ignore"):
            wrong = np.isfinite(column) & ((column < low) | (column > high))
        columns[name] = np.where(wrong | ~np.isfinite(column), np.nan, column)
        implausible[name] = wrong
    modes = np.where(known, mode, UNKNOWN)[kept].astype(np.int8)
    return Recording(np.floor(ahead[kept]).astype(np.int64), modes, columns, implausible), place
