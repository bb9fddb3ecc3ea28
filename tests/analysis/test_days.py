"""A day's figures, and many days added up."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from app.analysis import day, period
from app.analysis.counters import counted
from app.analysis.day import Counts, Day
from app.analysis.energy import Counters
from app.analysis.window import Window
from tests.analysis.windows import column, window

MINUTES = 1440
HOURS = [minute // 60 for minute in range(MINUTES)]


def a_day(cop=4.0, draw=2.0, known=MINUTES, outdoor=0.0) -> Day:
    """Twelve half hours of running, in heating and (every third) hot water."""
    on = np.array([(minute // 30) % 4 == 1 for minute in range(MINUTES)], dtype=float)
    mode = ["hot_water" if (m // 120) % 3 == 2 else "heating" for m in range(MINUTES)]
    missing = np.where(np.arange(MINUTES) < known, 1.0, np.nan)
    made = window(
        60,
        modes=mode,
        compressor_on=on * missing,
        power_current_draw=(on * draw + 0.01) * missing,
        power_current=on * draw * cop * missing,
        temp_flow=np.full(MINUTES, 35.0),
        temp_return=np.full(MINUTES, 30.0),
        temp_outside=np.full(MINUTES, outdoor),
        backup_heater=on * (outdoor > 0),
    )
    return day.of(made, Counts(), HOURS)


def test_a_day_has_its_energies_starts_and_weather():
    found = a_day()
    assert found.heat.kwh == pytest.approx(6 * 8)
    assert found.electric.kwh == pytest.approx(6 * 2 + 24 * 0.01)
    assert sum(found.electric.parts.values()) == pytest.approx(found.electric.kwh, rel=0.005)
    assert found.starts == 12
    assert found.runs_s == (1800,) * 12
    assert (found.outdoor, found.outdoor_coverage) == (0.0, 1.0)
    assert sum(found.hourly) == pytest.approx(found.electric.kwh)
    assert found.short_cycling is False


def test_the_machine_s_own_counter_of_starts_is_taken():
    times = np.array([0, 86399])
    starts = counted(times, column([700, 709]), 30.0)
    made = window(60, compressor_on=[0, 1] * 720)
    assert day.of(made, Counts(starts=starts), HOURS).starts == 9


def test_the_backup_heater_above_zero_is_told_apart():
    assert a_day(outdoor=5.0).backup_warm_s == 12 * 1800
    assert a_day(outdoor=-5.0).backup_s == 0


def test_a_day_survives_json():
    found = a_day()
    assert msgspec.json.decode(msgspec.json.encode(found), type=Day) == found


def test_a_day_of_nothing_is_unknown_not_zero():
    found = day.of(Window.of(0, 60, {}, np.full(MINUTES, None, dtype=object)), Counts(), HOURS)
    assert (found.heat.kwh, found.electric.kwh, found.starts, found.on_s, found.outdoor) == (None,) * 5
    assert found.hourly == ()


def test_days_are_added_before_they_are_divided():
    month = period.over([a_day(cop=4, draw=2), a_day(cop=2, draw=1)])
    assert month.cops["running"] == pytest.approx((12 * 4 + 6 * 2) / 18, rel=0.01)
    assert month.factor.value == pytest.approx(60 / 18.48, rel=0.001)
    assert (month.starts, month.starts_per_day) == (24, 12)
    assert month.median_run_s == 1800
    assert month.flow == pytest.approx(35)
    assert month.lift == pytest.approx(35)
    assert sum(month.heat.parts.values()) == pytest.approx(month.heat.kwh)


@pytest.mark.parametrize(
    ("days", "hidden"),
    [
        ([None, None], "no electricity"),
        ([], "no electricity"),
        ([a_day(), None, None], "too little known"),
        ([a_day(known=900)] * 3, "too little known"),
        ([a_day()] * 4 + [None], None),
    ],
)
def test_a_factor_is_hidden_below_80_percent_and_says_why(days, hidden):
    found = period.over(days).factor
    assert found.hidden == hidden
    assert (found.value is None) == (hidden is not None)


def test_a_sum_has_the_weakest_of_its_sources():
    counters = Counters(total=counted(np.array([0, 86400]), column([0, 12.2]), 5.0))
    on = np.array([(minute // 30) % 4 == 1 for minute in range(MINUTES)], dtype=float)
    made = window(60, power_current_draw=on * 2, modes=["heating"] * MINUTES)
    counting = day.of(made, Counts(electric=counters), HOURS)
    assert counting.electric.source == "device counter"
    assert period.over([counting, a_day()]).electric.source == "integrated"


def test_the_carnot_share_of_a_period_is_weighted_with_electricity():
    ideal = (37 + 273.15) / (37 + 6)
    assert period.over([a_day(cop=3.6)]).carnot_percent == pytest.approx(100 * 3.6 / ideal * 12 / 12.06, rel=0.01)
