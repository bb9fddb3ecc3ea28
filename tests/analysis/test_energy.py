"""Energies by source and by mode."""

from __future__ import annotations

import numpy as np
import pytest

from app.analysis import energy
from app.analysis.counters import counted
from app.analysis.energy import Counters
from app.analysis.window import Window
from tests.analysis.windows import column, window

HOUR = 3600


def counter(values, step_s=HOUR, fastest=20.0):
    return counted(np.arange(len(values), dtype=np.int64) * step_s, column(values), fastest)


def six_hours(**columns):
    return window(HOUR, modes=["heating", "heating", "hot_water", "defrost", "off", "cooling"], **columns)


POWER = {"power_current_draw": [2, 2, 3, 2, 0.05, 1]}


def test_power_is_integrated_where_nothing_counts():
    # an hour is longer than what is held, but nothing is missing here
    amount = energy.of(six_hours(**POWER), "electric", Counters())
    assert amount.source == "integrated"
    assert amount.kwh == pytest.approx(10.05)
    assert amount.parts == pytest.approx(
        {"heating": 4, "hot_water": 3, "defrost": 2, "standby": 0.05, "cooling": 1, "other": 0}
    )


def test_a_believable_counter_wins_and_its_parts_add_up():
    amount = energy.of(six_hours(**POWER), "electric", Counters(total=counter([100, 102, 104, 107, 109, 109, 110])))
    assert (amount.source, amount.kwh) == ("device counter", 10)
    assert sum(amount.parts.values()) == pytest.approx(10)
    assert amount.parts["heating"] == pytest.approx(4 / 10.05 * 10)


def test_the_owner_s_meter_wins_over_everything():
    meters = Counters(meter=counter([0, 9.9], 6 * HOUR), total=counter([0, 10], 6 * HOUR))
    assert energy.of(six_hours(**POWER), "electric", meters).source == "meter"


@pytest.mark.parametrize(
    ("values", "doubt"),
    [
        ([100, 100, 100, 100, 100, 100, 100], "counter stands still"),
        ([100, 105, 110, 115, 120, 125, 130], "counter disagrees"),
        ([500, 5000, 5001, 5002, 5003, 5004, 5005], "counter refused"),
    ],
)
def test_a_doubtful_counter_gives_way_to_the_power_and_is_named(values, doubt):
    amount = energy.of(six_hours(**POWER), "electric", Counters(total=counter(values)))
    assert (amount.source, amount.doubts) == ("integrated", (doubt,))


def test_a_refused_counter_alone_gives_nothing():
    amount = energy.of(six_hours(), "electric", Counters(total=counter([500, 5000, 5001])))
    assert (amount.kwh, amount.source, amount.doubts) == (None, "none", ("counter refused",))


def test_a_coarse_counter_is_not_called_wrong_for_its_rounding():
    amount = energy.of(six_hours(**POWER), "electric", Counters(total=counter([0, 0, 0, 10, 10, 10, 20])))
    assert amount.source == "device counter"


def test_derived_power_says_so():
    columns = {"power_current": column([5.0, 5.0])}
    made = Window.of(0, HOUR, columns, derived=frozenset({"power_current"}))
    assert energy.of(made, "heat", Counters()).source == "derived"


def test_cooling_delivers_what_it_takes_out():
    amount = energy.of(six_hours(power_current=[6, 6, 7, -2, 0, -3], **POWER), "heat", Counters())
    assert amount.parts["cooling"] == 3
    assert amount.parts["defrost"] == -2
    assert amount.kwh == pytest.approx(6 + 6 + 7 - 2 + 3)


def test_counters_by_mode_make_a_total_and_its_parts():
    modes = {"heating": counter([10, 14], 6 * HOUR), "hot_water": counter([5, 8], 6 * HOUR)}
    amount = energy.of(six_hours(), "electric", Counters(modes=modes))
    assert (amount.kwh, amount.source) == (7, "device counter")
    assert amount.parts == {"heating": 4, "hot_water": 3, "other": 0}


def test_counters_by_mode_that_exceed_the_total_are_scaled_to_it():
    modes = {"heating": counter([10, 15], 6 * HOUR), "hot_water": counter([5, 10], 6 * HOUR)}
    amount = energy.of(six_hours(), "electric", Counters(total=counter([0, 9], 6 * HOUR), modes=modes))
    assert amount.parts == {"heating": 4.5, "hot_water": 4.5}


def test_a_total_without_power_or_modes_is_not_divided():
    amount = energy.of(six_hours(), "electric", Counters(total=counter([0, 9], 6 * HOUR)))
    assert (amount.kwh, dict(amount.parts)) == (9, {})


def test_a_counter_covers_from_its_first_to_its_last_reading():
    amount = energy.of(six_hours(), "electric", Counters(total=counter([0, 4, 9])))
    assert amount.coverage == pytest.approx(2 / 6)


def test_nothing_known_is_no_energy():
    amount = energy.of(window(HOUR, power_current=[None, None]), "heat", Counters())
    assert (amount.kwh, amount.source, amount.coverage) == (None, "none", 0)


def test_the_owner_s_meter_is_believed_where_the_heat_pump_s_power_disagrees_and_the_doubt_is_told():
    amount = energy.of(six_hours(**POWER), "electric", Counters(meter=counter([0, 3, 6, 8, 11, 13, 16])))
    assert (amount.source, amount.kwh, amount.doubts) == ("meter", 16, ("meter disagrees",))


@pytest.mark.parametrize(
    ("values", "doubt"),
    [([7, 7, 7, 7, 7, 7, 7], "meter stands still"), ([500, 5000, 5001, 5002, 5003, 5004, 5005], "meter refused")],
)
def test_a_broken_meter_gives_way_and_is_named(values, doubt):
    amount = energy.of(six_hours(**POWER), "electric", Counters(meter=counter(values)))
    assert (amount.source, amount.doubts) == ("integrated", (doubt,))


def test_the_power_of_the_owner_s_meter_comes_before_the_heat_pump_s_counter():
    columns = {"power_current_draw": column([2.0, 2.0])}
    made = Window.of(0, HOUR, columns, metered=frozenset({"power_current_draw"}))
    amount = energy.of(made, "electric", Counters(total=counter([10, 12, 14])))
    assert (amount.source, amount.kwh) == ("meter", 4)
