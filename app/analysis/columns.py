"""From the samples of a heat pump to the window and the counters that its figures are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.analysis import counters, cycles, grid
from app.analysis.counters import Counted
from app.analysis.day import Counts
from app.analysis.energy import COUNTED_MODES, LEAST_COVERAGE, Counters
from app.analysis.grid import Floats, Times
from app.analysis.half_hour import LONGEST_HELD_S, P_START_KW
from app.analysis.window import Window

Value = float | int | str | None

STEP_S = 60
MODE = "operating_mode"
MEASURED = (
    "power_current",
    "power_current_draw",
    "temp_flow",
    "temp_return",
    "temp_outside",
    "temp_source_in",
    "temp_flow_target",
    "temp_hot_water",
    "temp_room",
    "temp_room_target",
    "flow_rate",
    "compressor_on",
    "compressor_frequency",
    "defrost",
    "backup_heater",
    "meter_electric_power",
    "meter_heat_power",
)
METERED = {"power_current_draw": "meter_electric_power", "power_current": "meter_heat_power"}
"""The heat pump's own power, and the owner's meter of the same, kW."""
ENERGIES = tuple(f"energy_{kind}_{mode}" for kind in ("electric", "heat") for mode in ("total", *COUNTED_MODES))
METERS = ("meter_electric_energy", "meter_heat_energy")
"""The owner's own meters, kWh."""
COUNTING = (*ENERGIES, *METERS, "compressor_starts")

FASTEST_KW, FASTEST_STARTS = 100.0, 30.0
"""No machine here delivers more power, or starts more often per hour; faster counters are not believed."""
WATER_KWH_PER_L_K = 1.163 / 1000
"""Heat in water. Brine and glycol carry 1 to 8 % less."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What was read, oldest first: times in UTC seconds and, by sensor, a value or None for each."""

    times: Times
    values: Mapping[str, Sequence[Value]] = field(default_factory=dict)

    @classmethod
    def of(cls, sensors: Sequence[str], rows: Iterable[tuple[int, Sequence[Value]]]) -> Samples:
        listed = list(rows)
        times = np.array([at for at, _ in listed], dtype=np.int64)
        columns = zip(*(values for _, values in listed), strict=True) if listed else ([] for _ in sensors)
        return cls(times, dict(zip(sensors, columns, strict=True)))

    def numbers(self, sensor: str) -> Floats:
        """NaN for nothing; a switch told in words is 1 when it is on."""
        return np.array([_number(value) for value in self.values.get(sensor, ())], dtype=np.float64)

    def has(self, sensor: str) -> bool:
        return any(value is not None for value in self.values.get(sensor, ()))


def window(
    samples: Samples,
    start: int,
    end: int,
    *,
    step_s: int = STEP_S,
    derived: frozenset[str] = frozenset(),
    p_start_kw: float = P_START_KW,
) -> Window:
    """The window start <= time < end. Heat that nobody measured is derived from flow rate and temperatures.

    What was read shortly before is held into it, and tells whether its first slot begins a run.
    """
    lead = -(-LONGEST_HELD_S // step_s)
    begin = start - lead * step_s
    columns = {
        sensor: grid.numbers(samples.times, samples.numbers(sensor), begin, end, step_s)
        for sensor in MEASURED
        if samples.has(sensor)
    }
    modes = [value if isinstance(value, str) else None for value in samples.values.get(MODE, ())]
    words = grid.words(samples.times[: len(modes)], modes, begin, end, step_s)
    if "power_current" not in columns and {"flow_rate", "temp_flow", "temp_return"} <= set(columns):
        spread = columns["temp_flow"] - columns["temp_return"]
        columns["power_current"] = spread * columns["flow_rate"] * WATER_KWH_PER_L_K
        derived |= {"power_current"}
    metered = frozenset(own for own, meter in METERED.items() if _preferred(columns, own, meter, step_s))
    for own in metered:
        columns[own] = columns[METERED[own]]
    whole = Window.of(begin, step_s, columns, words, p_start_kw, derived - metered, metered)
    on, known = cycles.compressor(whole)
    return whole.later(lead, was_on=bool(on[lead - 1]) if known[lead - 1] else None)


def counts(samples: Samples, start: int, end: int) -> Counts:
    """What was counted in start < time <= end, from the last reading before it on."""

    def counted(sensor: str, fastest_per_h: float = FASTEST_KW) -> Counted | None:
        if not samples.has(sensor):
            return None
        times, values = _from_before(samples.times, samples.numbers(sensor), start, end)
        return counters.counted(times, values, fastest_per_h) if times.size > 1 else None

    def by_kind(kind: str) -> Counters:
        modes = {mode: counted(f"energy_{kind}_{mode}") for mode in COUNTED_MODES}
        return Counters(
            meter=counted(f"meter_{kind}_energy"),
            total=counted(f"energy_{kind}_total"),
            modes={mode: each for mode, each in modes.items() if each is not None},
        )

    return Counts(by_kind("electric"), by_kind("heat"), counted("compressor_starts", FASTEST_STARTS))


def _preferred(columns: Mapping[str, Floats], own: str, meter: str, step_s: int) -> bool:
    """Whether the owner's meter tells this power, and not the heat pump: never a mixture of both within one window."""
    if meter not in columns:
        return False
    known = grid.coverage(grid.held(columns[meter], step_s))
    return known >= LEAST_COVERAGE or own not in columns or known >= grid.coverage(grid.held(columns[own], step_s))


def _from_before(times: Times, values: Floats, start: int, end: int) -> tuple[Times, Floats]:
    known = np.isfinite(values) & (times <= end)
    times, values = times[known], values[known]
    first = max(0, int(np.searchsorted(times, start, side="right")) - 1)
    return times[first:], values[first:]


def _number(value: Value) -> float:
    if isinstance(value, str):
        return {"on": 1.0, "off": 0.0}.get(value, float("nan"))
    return float("nan") if value is None else float(value)
