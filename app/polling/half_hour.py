"""The last three quarters of an hour of a few powers, in memory: what a COP of now is made of."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from typing import TypeGuard

from app.analysis import half_hour
from app.analysis.half_hour import KEPT_S, Now
from app.reading import Reading, Value

HEAT, ELECTRIC = "power_current", "power_current_draw"
HEAT_METER, ELECTRIC_METER = "meter_heat_power", "meter_electric_power"
FLOW_RATE, FLOW, RETURN = "flow_rate", "temp_flow", "temp_return"
SENSORS = (HEAT, ELECTRIC, HEAT_METER, ELECTRIC_METER, FLOW_RATE, FLOW, RETURN)
MOST = 3000
"""Of a heat pump that is read every second."""
WATER_KWH_PER_L_K = 1.163 / 1000
LEAST_COVERAGE = 0.8

Pairs = deque[tuple[int, float]]


class HalfHour:
    """Per heat pump and sensor the last (time, value) pairs, oldest first."""

    def __init__(self) -> None:
        self._pairs: dict[str, dict[str, Pairs]] = {}

    def put(self, reading: Reading) -> None:
        for column, value in zip(reading.columns, reading.values, strict=True):
            if column.sensor in SENSORS and _is_number(value):
                self._of(reading.heatpump_id, column.sensor).append((reading.at, float(value)))

    def lead_in(self, heatpump_id: str, sensor: str, earlier: Iterable[tuple[int, Value]]) -> None:
        """What was read before this program was started."""
        pairs = self._of(heatpump_id, sensor)
        first = pairs[0][0] if pairs else None
        before = [(at, float(value)) for at, value in earlier if _is_number(value) and (first is None or at < first)]
        pairs.extendleft(reversed(before))

    def forget(self, heatpump_id: str) -> None:
        self._pairs.pop(heatpump_id, None)

    def cop(self, heatpump_id: str, now: float) -> Now:
        """The COP of the last 30 minutes before `now` (UTC seconds); a meter of the owner comes before the machine."""
        until = (round(now) // half_hour.STEP_S + 1) * half_hour.STEP_S
        heat = self._preferred(heatpump_id, until, HEAT_METER, HEAT) or self._of_water(heatpump_id, until)
        electric = self._preferred(heatpump_id, until, ELECTRIC_METER, ELECTRIC)
        if heat is None or electric is None:
            return Now(None, "too little known")
        return half_hour.ratio(heat, [power if power >= 0 else float("nan") for power in electric], half_hour.STEP_S)

    def _of(self, heatpump_id: str, sensor: str) -> Pairs:
        known = self._pairs.setdefault(heatpump_id, {})
        return known.setdefault(sensor, deque(maxlen=MOST))

    def _slots(self, heatpump_id: str, sensor: str, until: int) -> list[float] | None:
        pairs = self._pairs.get(heatpump_id, {}).get(sensor)
        if not pairs:
            return None
        while len(pairs) > 1 and pairs[0][0] < until - 2 * KEPT_S:
            pairs.popleft()
        found = half_hour.slots(list(pairs), until)
        return None if all(math.isnan(value) for value in found) else found

    def _preferred(self, heatpump_id: str, until: int, meter: str, own: str) -> list[float] | None:
        """The meter where it is known well enough or better than the machine, as in the windows of app/analysis."""
        metered, told = self._slots(heatpump_id, meter, until), self._slots(heatpump_id, own, until)
        if metered is None or told is None:
            return metered or told
        known = _known(metered)
        return metered if known >= LEAST_COVERAGE * len(metered) or known >= _known(told) else told

    def _of_water(self, heatpump_id: str, until: int) -> list[float] | None:
        rate, flow, back = (self._slots(heatpump_id, sensor, until) for sensor in (FLOW_RATE, FLOW, RETURN))
        if rate is None or flow is None or back is None:
            return None
        return [(f - b) * r * WATER_KWH_PER_L_K for r, f, b in zip(rate, flow, back, strict=True)]


def _known(slots: list[float]) -> int:
    return sum(not math.isnan(value) for value in slots)


def _is_number(value: Value) -> TypeGuard[float | int]:
    return isinstance(value, int | float)
