"""Starts, run times, periods, short cycling and defrosts."""

from __future__ import annotations

import pytest

from app.analysis import cycles, defrosts
from tests.analysis.windows import window, worked


def test_the_worked_window_has_one_start():
    assert len(cycles.of(worked()).starts) == 1


def test_a_cycle_is_start_to_stop_and_a_period_start_to_start():
    found = cycles.of(window(60, compressor_on=[0, 1, 1, 0, 0, 1, 1, 1, 0]))
    assert found.starts == (60, 300)
    assert found.runs == (120, 180)
    assert found.periods == (240,)
    assert found.median_run_s == 150
    assert found.on_s == 300


def test_the_frequency_counts_where_no_switch_is():
    assert cycles.of(window(60, compressor_frequency=[0, 40, 0, 50])).starts == (60, 180)


def test_the_switch_wins_over_the_electrical_input():
    assert cycles.of(window(60, compressor_on=[0, 0, 0], power_current_draw=[0, 2, 2])).starts == ()


def test_a_run_that_was_under_way_is_no_start_and_has_no_run_time():
    found = cycles.of(window(60, compressor_on=[1, 1, 0, 1, 1]))
    assert found.starts == (180,)
    assert found.runs == ()


def test_an_edge_next_to_unknown_time_is_no_start():
    unknown = [None] * 20
    found = cycles.of(window(60, compressor_on=[0, *unknown, 1, 1, 0, 1]))
    assert len(found.starts) == 1


def test_a_period_over_unknown_time_is_none():
    found = cycles.of(window(60, compressor_on=[0, 1, 0, *[None] * 20, 0, 1, 0]))
    assert len(found.starts) == 2
    assert found.periods == ()


def test_mode_changes_are_no_starts():
    assert cycles.of(window(60, compressor_on=[1] * 4, modes=["heating", "hot_water"] * 2)).starts == ()


@pytest.mark.parametrize(
    ("on_min", "off_min", "bursts", "short"),
    [
        (4, 4, 8, True),
        (5, 5, 7, True),
        (2, 7, 12, True),
        (8, 8, 12, False),  # four starts an hour
        (4, 4, 5, False),  # five starts only
    ],
)
def test_a_day_is_short_cycling_with_six_starts_an_hour_in_short_periods(on_min, off_min, bursts, short):
    made = window(60, compressor_on=([0] * off_min + [1] * on_min) * bursts + [0] * 300)
    assert cycles.of(made).short is short


def test_some_fast_starts_among_long_periods_are_not_short_cycling():
    fast = ([0] * 5 + [1] * 5) * 6
    slow = ([0] * 60 + [1] * 60) * 8
    assert cycles.of(window(60, compressor_on=fast + slow)).short is False


@pytest.mark.parametrize(
    ("days", "short"),
    [([True, True], False), ([True, True, True], True), ([True, False, True, True], False), ([], False)],
)
def test_three_days_in_a_row_make_short_cycling(days, short):
    assert cycles.short_cycling(days) is short


def defrosts_of(**columns):
    return defrosts.of(window(60, **columns))


def test_the_machine_s_own_flag_counts_first():
    found = defrosts_of(defrost=[0, 1, 1, 0], compressor_on=[1] * 4, power_current=[-1] * 4, power_current_draw=[1] * 4)
    assert found.spans == ((60, 180),)
    assert found.share == 0.5


def test_its_mode_counts_where_no_flag_is():
    found = defrosts_of(modes=["heating", "defrost", "heating"], compressor_on=[1] * 3)
    assert found.spans == ((60, 120),)


def test_negative_heat_while_running_is_a_defrost_until_three_good_readings():
    heat = [6, 6, -3, -3, 5, -1, 5, 5, 5, 5]
    found = defrosts_of(compressor_on=[1] * 10, power_current=heat)
    assert found.spans == ((120, 360),)
    assert found.seconds == 240


def test_a_cold_spread_is_a_defrost():
    found = defrosts_of(compressor_on=[1] * 8, temp_flow=[35, 35, 28, 28, 35, 35, 35, 35], temp_return=[30] * 8)
    assert found.spans == ((120, 240),)


def test_a_start_without_heat_yet_is_no_defrost():
    found = defrosts_of(compressor_on=[0, 1, 1, 1, 1, 1], power_current=[0, 0, 0, 5, 6, 6])
    assert found.count == 0


def test_no_heat_in_the_middle_of_a_run_is_a_defrost():
    found = defrosts_of(compressor_on=[1] * 8, power_current=[5, 5, 0, 0, 5, 5, 5, 5])
    assert found.spans == ((120, 240),)


def test_a_defrost_ends_when_the_compressor_stops():
    found = defrosts_of(compressor_on=[1, 1, 1, 0, 0], power_current=[5, -2, -2, -2, 0])
    assert found.spans == ((60, 180),)


def test_cooling_is_no_defrost():
    found = defrosts_of(compressor_on=[1] * 4, power_current=[-5] * 4, modes=["cooling"] * 4)
    assert found.count == 0


def test_a_machine_that_never_ran_has_no_share():
    assert defrosts_of(compressor_on=[0] * 4).share is None
