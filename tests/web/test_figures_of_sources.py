"""Machines that tell only part of what they do: what their figures are made of is handled and labelled, to the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from app.analysis.day import VERSION, Day
from app.polling.daily import DailyFigures
from app.reading import Column, Reading, Value
from app.services import figures
from app.store import compaction, days, readings
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.people import Visitor

BERLIN = ZoneInfo("Europe/Berlin")
DAY, DAYS = 86400, 5
FIRST = int(datetime(2025, 11, 1, tzinfo=BERLIN).timestamp())
END = FIRST + DAYS * DAY

Delivered = Callable[[float, bool], Value]
"""A sensor's value from the hours since the first day and whether the machine runs."""

HEAT_KW, ELECTRIC_KW = 8.0, 2.0
"""It runs every second hour: 96 kWh of heat from 24 kWh a day."""


def ran(hours: float) -> float:
    """Running hours so far."""
    return hours // 2 + min(1.0, hours % 2)


def counter(kw: float) -> Delivered:
    return lambda hours, on: round(1000 + kw * ran(hours), 1)


SOURCES: dict[str, tuple[dict[str, tuple[str, Delivered]], str, str, float | None]] = {
    "only counters of the heat pump": (
        {
            "energy_electric_total": ("kWh", counter(ELECTRIC_KW)),
            "energy_heat_total": ("kWh", counter(HEAT_KW)),
        },
        "device counter",
        "device counter",
        4.0,
    ),
    "only power": (
        {
            "power_current_draw": ("kW", lambda _, on: ELECTRIC_KW * on),
            "power_current": ("kW", lambda _, on: HEAT_KW * on),
        },
        "integrated",
        "integrated",
        4.0,
    ),
    "only flow rate and temperatures": (
        {
            "flow_rate": ("l/h", lambda _, on: 1376.0 * on),
            "temp_flow": ("°C", lambda _, on: 35.0 if on else 25.0),
            "temp_return": ("°C", lambda _, on: 30.0 if on else 25.0),
        },
        "none",
        "derived",
        None,
    ),
    "flow rate, temperatures and an own meter's power": (
        {
            "flow_rate": ("l/h", lambda _, on: 1376.0 * on),
            "temp_flow": ("°C", lambda _, on: 35.0 if on else 25.0),
            "temp_return": ("°C", lambda _, on: 30.0 if on else 25.0),
            "meter_electric_power": ("kW", lambda _, on: 2.5 * on),
        },
        "meter",
        "derived",
        3.2,
    ),
    "own meters that count, beside the heat pump's power": (
        {
            "power_current_draw": ("kW", lambda _, on: ELECTRIC_KW * on),
            "power_current": ("kW", lambda _, on: HEAT_KW * on),
            "meter_electric_energy": ("kWh", counter(2.2)),
            "meter_heat_energy": ("kWh", counter(7.7)),
        },
        "meter",
        "meter",
        3.5,
    ),
    "an own meter's power beside the heat pump's counters": (
        {
            "energy_electric_total": ("kWh", counter(1.8)),
            "energy_heat_total": ("kWh", counter(HEAT_KW)),
            "meter_electric_power": ("kW", lambda _, on: ELECTRIC_KW * on),
        },
        "meter",
        "device counter",
        4.0,
    ),
}
WORDS = {
    "device counter": "counted by the heat pump",
    "integrated": "added up from its power",
    "meter": "own meter",
    "derived": "derived from other values",
    "none": "not known",
}


def live(system: System, pump: HeatPump, sensors: dict[str, tuple[str, Delivered]]) -> None:
    columns = tuple(Column(sensor, unit, "float64") for sensor, (unit, _) in sensors.items())
    with system.database.transaction() as db:
        for at in range(FIRST - 600, END + 1, 300):
            hours = (at - FIRST) / 3600
            values = tuple(value(max(0.0, hours), hours >= 0 and hours % 2 < 1) for _, value in sensors.values())
            readings.add(db, Reading(pump.id, at, columns, values))
    for begin in range(FIRST - DAY, END, DAY):
        compaction.close(system.database, pump.id, begin, begin + DAY)
    DailyFigures(system.database, BERLIN, system.clock, system.facts_of).run(gently=False)


@pytest.mark.parametrize("which", SOURCES)
def test_a_source_is_used_and_named_from_the_samples_to_the_page(
    owner: Visitor, system: System, add: Callable[..., HeatPump], which: str
) -> None:
    sensors, electric, heat, factor = SOURCES[which]
    pump = add()
    live(system, pump, sensors)
    kept = days.between(system.database.connection(), pump.id, FIRST, END, VERSION)
    assert len(kept) == DAYS
    for each in kept:
        day = msgspec.json.decode(each.figures, type=Day)
        assert (day.electric.source, day.heat.source) == (electric, heat)
    period = figures.over(system, pump, FIRST, END).period
    assert period.factor.value == (None if factor is None else pytest.approx(factor, rel=0.02))
    page = owner.get(f"/heatpumps/{pump.id}/analysis?period=2025-11").text
    assert WORDS[electric] in page
    assert WORDS[heat] in page
    if factor is None:
        assert "The electricity is not known." in page
    else:
        assert f"{period.factor.value:.2f}" in page
    answer = owner.get(f"/api/heatpumps/{pump.id}/figures?from={FIRST}&to={END}&by=year").json
    assert answer["figures"][0]["electric"]["source"] == electric
