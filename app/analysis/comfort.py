"""Whether a house gets more than it asks for, and what its hot-water tank loses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.analysis.grid import Flags, Floats
from app.analysis.window import Window

LEAST_HOURS = 4
QUIET_QUANTILE = 0.25
"""Of the hours without charging, the quiet ones show the tank's own loss; the others had somebody in the shower."""


@dataclass(frozen=True, slots=True)
class Comfort:
    """Means of one day, K and K/h; None where the machine does not tell enough.

    `flow_excess` is flow − target and `room_excess` room − target while heating, `tank_loss` the tank's cooling when
    nothing is drawn.
    """

    flow_excess: float | None
    room_excess: float | None
    tank_loss: float | None


def of(window: Window) -> Comfort:
    heating = window.running & ~window.in_mode("hot_water", "cooling", "defrost")
    return Comfort(
        _difference(window, "temp_flow", "temp_flow_target", heating),
        _difference(window, "temp_room", "temp_room_target", heating),
        _tank_loss(window),
    )


def _difference(window: Window, sensor: str, target: str, where: Flags) -> float | None:
    difference = (window.column(sensor) - window.column(target))[where]
    known = difference[np.isfinite(difference)]
    return float(np.mean(known)) if known.size * window.hours >= 1 else None


def _tank_loss(window: Window) -> float | None:
    """K/h, from whole hours in which hot water was not made."""
    tank, per_hour = window.column("temp_hot_water"), round(1 / window.hours)
    if per_hour < 2 or tank.size <= per_hour:
        return None
    charging = np.concatenate(([0], np.cumsum(window.in_mode("hot_water"))))
    first = np.arange(0, tank.size - per_hour, per_hour)
    idle = charging[first + per_hour] == charging[first]
    drops: Floats = (tank[first] - tank[first + per_hour])[idle]
    known = drops[np.isfinite(drops)]
    return float(np.quantile(known, QUIET_QUANTILE)) if known.size >= LEAST_HOURS else None
