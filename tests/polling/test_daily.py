"""Figures of closed days: computed once, anew when late readings change a day, whole when the clocks change."""

from __future__ import annotations

from datetime import datetime

import msgspec
import pytest

from app.analysis.day import VERSION, Day
from app.polling.daily import DailyFigures
from app.polling.figures import Facts
from app.polling.upkeep import Upkeep
from app.reading import Column, Reading
from app.store import days, heatpumps, readings
from tests.clocks import BERLIN, Clock, local

COLUMNS = (
    Column("power_current", "kW", "float32"),
    Column("power_current_draw", "kW", "float32"),
    Column("compressor_on", "", "1"),
    Column("operating_mode", "", "text"),
    Column("temp_outside", "°C", "0.1"),
    Column("energy_heat_total", "kWh", "0.1"),
)


def run_for(database, pump, start, end, step_s=300):
    """A machine that delivers 8 kW from 2 kW in every even hour, and counts its heat from 1000 kWh on."""
    with database.transaction() as db:
        for at in range(local(start), local(end), step_s):
            hours = (at - local("2024-03-01")) / 3600
            on = hours % 2 < 1
            counted = 1000 + 8 * (hours // 2 + min(1.0, hours % 2))
            values = (8.0 * on, 2.0 * on, int(on), "heating" if on else "standby", 5.0, round(counted, 1))
            readings.add(db, Reading(pump.id, at, COLUMNS, values))


def upkeep(database, clock):
    Upkeep(database, BERLIN, clock).run(gently=False)
    return DailyFigures(database, BERLIN, clock, lambda pump: Facts()).run(gently=False)


def figures(database, start="2024-03-01", end="2024-05-01"):
    kept = days.between(database.connection(), "hp-001", local(start), local(end), VERSION)
    return {
        datetime.fromtimestamp(each.since, BERLIN).date().isoformat(): msgspec.json.decode(each.figures, type=Day)
        for each in kept
    }


@pytest.mark.parametrize("step_s", [300, 420], ids=["read at midnight", "never read at midnight"])
def test_nothing_that_was_counted_around_midnight_is_lost(database, pump, step_s):
    run_for(database, pump, "2024-03-29", "2024-04-03 01:00", step_s)
    upkeep(database, Clock(local("2024-04-03 01:00")))
    found = figures(database)
    assert len(found) == 5
    unseen_s = (local("2024-04-03") - local("2024-03-29")) % step_s
    counted = 60 * 8 - 8 * unseen_s / 3600  # it runs in 60 of the 119 hours, the last one among them
    assert sum(day.heat.kwh for day in found.values()) == pytest.approx(counted, abs=0.11)
    assert {day.heat.source for day in found.values()} == {"device counter"}
    assert all(day.heat.coverage > 0.99 for day in found.values())


def test_closed_days_get_their_figures_once_and_today_none(database, pump):
    run_for(database, pump, "2024-03-05", "2024-03-07 12:00")
    clock = Clock(local("2024-03-07 12:00"))
    assert upkeep(database, clock) == 2
    assert upkeep(database, clock) == 0
    found = figures(database)
    assert list(found) == ["2024-03-05", "2024-03-06"]
    day = found["2024-03-06"]
    assert day.electric.kwh == pytest.approx(24, rel=0.01)
    assert day.electric.source == "integrated"
    assert day.heat.kwh == pytest.approx(96, rel=0.01)
    assert day.heat.source == "device counter"
    assert day.starts == 12
    assert day.outdoor == pytest.approx(5.0)
    assert len(day.hourly) == 24


@pytest.mark.parametrize(("date", "hours"), [("2024-03-31", 23), ("2024-10-27", 25)])
def test_a_day_of_23_or_25_hours_is_whole(database, pump, date, hours):
    after = datetime.fromisoformat(date).toordinal() + 1
    morning = datetime.fromordinal(after).isoformat()
    run_for(database, pump, date, morning, step_s=600)
    assert upkeep(database, Clock(local(morning.replace("T00", "T06")))) == 1
    day = figures(database, date, morning)[date]
    assert day.seconds == hours * 3600
    assert day.outdoor_coverage == 1.0


def test_late_readings_of_a_closed_day_bring_new_figures(database, pump):
    run_for(database, pump, "2024-03-05", "2024-03-05 12:00")
    run_for(database, pump, "2024-03-06", "2024-03-07")
    clock = Clock(local("2024-03-07 12:00"))
    upkeep(database, clock)
    assert figures(database)["2024-03-05"].outdoor_coverage == pytest.approx(0.5, abs=0.02)
    run_for(database, pump, "2024-03-05 12:00", "2024-03-06")
    assert upkeep(database, clock) == 2  # the counters of the day after reach back
    assert figures(database)["2024-03-05"].outdoor_coverage == 1.0


def test_a_merged_month_keeps_the_figures_of_its_days(database, pump):
    run_for(database, pump, "2024-03-01", "2024-03-04", step_s=600)
    assert upkeep(database, Clock(local("2024-03-04 12:00"))) == 3
    assert upkeep(database, Clock(local("2024-04-05 12:00"))) == 0
    assert len(figures(database)) == 3


def test_what_was_counted_during_an_outage_over_midnight_is_not_lost(database, pump):
    run_for(database, pump, "2024-03-05", "2024-03-05 12:00")
    run_for(database, pump, "2024-03-06 12:00", "2024-03-07")
    upkeep(database, Clock(local("2024-03-07 12:00")))
    found = figures(database)
    total = found["2024-03-05"].heat.kwh + found["2024-03-06"].heat.kwh
    assert total == pytest.approx(192, abs=8)


def test_the_figures_of_a_removed_heat_pump_go_with_it(database, pump):
    run_for(database, pump, "2024-03-05", "2024-03-06", step_s=600)
    upkeep(database, Clock(local("2024-03-06 12:00")))
    with database.transaction() as db:
        heatpumps.remove(db, pump.id)
    assert figures(database) == {}
