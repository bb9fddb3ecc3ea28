"""Signs that a meter, not the heat pump, is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.analysis import grid, performance
from app.analysis.grid import Flags
from app.analysis.window import Window

Fault = Literal["no heat", "unbelievable cop", "better than ideal"]
SPREAD_K, WARM_C = 1.5, 30.0
COP_RANGE = (1.0, 10.0)
MOST_CARNOT = 0.70
LONGER_THAN_S: dict[Fault, int] = {"no heat": 60, "unbelievable cop": 600, "better than ideal": 960}


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What looks wrong, from when to when (UTC seconds)."""

    fault: Fault
    begin: int
    end: int


def of(window: Window, *, ground_source: bool = False) -> list[Suspicion]:
    """Every stretch of a window whose figures cannot be, in order of time."""
    found = [
        Suspicion(fault, window.start + first * window.step_s, window.start + after * window.step_s)
        for fault, flags in _signs(window, ground_source=ground_source).items()
        for first, after in grid.runs(flags)
        if (after - first) * window.step_s > LONGER_THAN_S[fault]
    ]
    return sorted(found, key=lambda suspicion: suspicion.begin)


def _signs(window: Window, *, ground_source: bool) -> dict[Fault, Flags]:
    flow = window.column("temp_flow")
    spread = flow - window.column("temp_return")
    on = window.running & window.both
    # a defrost and a cooling machine take heat out of the house: that is no fault of a meter
    heating = on & (window.heat >= 0) & ~window.in_mode("defrost", "cooling")
    cop = window.heat / np.where(on, window.electric, np.nan)
    ideal = performance.carnot(flow, performance.evaporator(window, ground_source=ground_source))
    return {
        "no heat": heating & (window.heat == 0) & (spread > SPREAD_K) & (flow > WARM_C),
        "unbelievable cop": heating & ((cop < COP_RANGE[0]) | (cop > COP_RANGE[1])),
        "better than ideal": heating & (cop > MOST_CARNOT * ideal),
    }
