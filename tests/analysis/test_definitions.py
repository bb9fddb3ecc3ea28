"""Boundary, degree days, heat-demand line, meter faults and tariffs against figures worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from app.analysis import boundary, degree_days, heat_demand, meter_faults, tariff
from app.analysis.boundary import Metering
from app.analysis.tariff import Price, Tariff
from tests.analysis.windows import window

MEANS = [20.0, 15.0, 14.0, 5.0, -5.0]


def test_heating_degree_days_count_below_the_limit():
    assert degree_days.heating_degree_days(MEANS) == 1 + 10 + 20


def test_room_degree_days_count_to_the_room_on_heating_days_only():
    assert degree_days.room_degree_days(MEANS) == 6 + 15 + 25
    assert degree_days.room_degree_days(MEANS, limit=12) == 15 + 25


def test_only_space_heating_is_freed_from_the_weather():
    assert degree_days.normalised(3000, 800, degree_days=3000, reference=3600) == pytest.approx(3600 + 800)
    assert degree_days.normalised(3000, 800, degree_days=0, reference=3600) is None


@pytest.mark.parametrize(
    ("metering", "expected"),
    [
        (Metering(True, "counted", "counted"), "H4"),
        (Metering(True, "none", "none"), "H4"),
        (Metering(False, "counted", "counted"), "H3"),
        (Metering(True, "not counted", "counted"), "H2"),
        (Metering(False, "not counted", "counted"), "H2"),
        (Metering(True, "counted", "not counted"), "H1"),
        (Metering(True, "counted", "none", air_to_air=True), "H2"),
    ],
)
def test_the_boundary_follows_from_what_is_counted(metering, expected):
    assert boundary.of(metering) == expected


def test_the_expected_factor_falls_with_the_lift():
    assert boundary.expected_spf(30) == pytest.approx(3.74)


def line_of(rng, days=120, wrong=0):
    differences = rng.uniform(0, 30, days)
    heats = np.maximum(0, 0.2 * (differences - 4)) + rng.normal(0, 0.15, days) * (differences > 4)
    heats[:wrong] += 5
    return heat_demand.demand_line(differences, heats)


def test_the_demand_line_finds_loss_and_balance_point():
    line = line_of(np.random.default_rng(1))
    assert line.per_kelvin == pytest.approx(0.2, abs=0.01)
    assert line.balance_k == pytest.approx(4, abs=0.5)
    assert line.interval_kw == pytest.approx(1.28 * 0.15, rel=0.25)
    assert line.at(24) == pytest.approx(4.0, abs=0.2)
    assert line.at(0) == 0


def test_some_odd_days_do_not_bend_the_line():
    line = line_of(np.random.default_rng(2), wrong=4)
    assert line.per_kelvin == pytest.approx(0.2, abs=0.01)
    assert line.left_out >= 4


@pytest.mark.parametrize(
    ("differences", "heats"),
    [
        ([], []),
        ([10.0] * 30, [2.0] * 30),
        ([float(x) for x in range(5)], [1.0] * 5),
        ([float(x) for x in range(30)], [0.0] * 30),
        ([float(x) for x in range(30)], [30.0 - x for x in range(30)]),
        ([float("nan")] * 30, [1.0] * 30),
    ],
)
def test_there_is_no_line_through_nothing(differences, heats):
    assert heat_demand.demand_line(differences, heats) is None


def test_the_driven_curve_has_the_hours_and_the_mean_flow_per_degree_outdoors():
    made = window(
        1800,
        power_current_draw=[2, 2, 2, 2, 0],
        temp_outside=[0.2, -0.4, 5.4, 5.0, 0.0],
        temp_flow=[36, 34, 30, 55, 20],
        modes=["heating", "heating", "heating", "hot_water", "off"],
    )
    curve = heat_demand.driven_curve(made)
    assert curve == {0: (1.0, 35.0), 5: (0.5, 30.0)}
    assert heat_demand.merged([curve, {0: (3.0, 39.0)}]) == {0: (4.0, 38.0), 5: (0.5, 30.0)}


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"power_current": [0.0] * 3, "temp_flow": [35.0] * 3, "temp_return": [30.0] * 3}, "no heat"),
        ({"power_current": [1.0] * 15}, "unbelievable cop"),
        ({"power_current": [25.0] * 15}, "unbelievable cop"),
        ({"power_current": [19.0] * 20, "temp_flow": [55.0] * 20, "temp_outside": [-10.0] * 20}, "better than ideal"),
    ],
)
def test_a_meter_that_cannot_be_right_is_suspected(columns, fault):
    made = window(60, power_current_draw=[2.0] * len(columns["power_current"]), **columns)
    assert fault in {each.fault for each in meter_faults.of(made)}


@pytest.mark.parametrize(
    "columns",
    [
        {"power_current": [0.0], "temp_flow": [35.0], "temp_return": [30.0]},  # a minute may be
        {"power_current": [0.0] * 5, "temp_flow": [35.0] * 5, "temp_return": [34.5] * 5},
        {"power_current": [8.0] * 30, "temp_flow": [35.0] * 30, "temp_outside": [2.0] * 30},
        {"power_current": [-3.0] * 30},
    ],
)
def test_a_meter_is_not_suspected_for_less(columns):
    made = window(60, power_current_draw=[2.0] * len(columns["power_current"]), **columns)
    assert meter_faults.of(made) == []


NIGHT = Price(0.20, 300, begin=22, end=6)
DAY = Price(0.30, 400)


def test_a_night_rate_is_paid_by_the_hour():
    tariffs = [Tariff(date(2025, 1, 1), (NIGHT, DAY), per_year=365)]
    hourly = [1.0] * 24
    found = tariff.cost(tariffs, date(2026, 3, 2), hourly)
    assert found.money == pytest.approx(8 * 0.20 + 16 * 0.30 + 1)
    assert found.co2_kg == pytest.approx(8 * 0.3 + 16 * 0.4)


def test_hours_after_midnight_belong_to_the_evening_before():
    weekend = Price(0.1, begin=22, end=6, weekdays=(4,))  # Friday night
    assert weekend.holds(4, 23)
    assert weekend.holds(5, 5)
    assert not weekend.holds(5, 23)
    assert not weekend.holds(4, 5)


@pytest.mark.parametrize(
    ("tariffs", "day"),
    [
        ([], date(2026, 1, 1)),
        ([Tariff(date(2026, 2, 1), (DAY,))], date(2026, 1, 1)),
        ([Tariff(date(2025, 1, 1), (NIGHT,))], date(2026, 1, 1)),  # no price at noon
    ],
)
def test_what_has_no_price_has_no_cost(tariffs, day):
    assert tariff.cost(tariffs, day, [1.0] * 24).money is None


def test_a_new_tariff_holds_from_its_day_on():
    tariffs = [Tariff(date(2025, 1, 1), (Price(0.3),)), Tariff(date(2026, 1, 1), (Price(0.4),))]
    assert tariff.cost(tariffs, date(2025, 12, 31), [1.0]).money == pytest.approx(0.3)
    assert tariff.cost(tariffs, date(2026, 1, 1), [1.0]).money == pytest.approx(0.4)
    assert tariff.cost(tariffs, date(2026, 1, 1), [1.0]).co2_kg is None
