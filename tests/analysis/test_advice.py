"""Advice follows from figures, and there is none without them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.analysis import advice, comfort, day
from app.analysis.day import Counts
from tests.analysis.test_days import HOURS, MINUTES, a_day
from tests.analysis.windows import window

DAY_S = 86400


def advised(days, air_source=True):
    return {each.kind: each for each in advice.of(list(enumerate(days)), air_source=air_source)}


def test_a_week_as_it_should_be_is_fine():
    found = advised([a_day()] * 7)
    assert {each.level for each in found.values()} == {"ok"}
    assert found["short runs"].value == 1800


@pytest.mark.parametrize("days", [[], [a_day()] * 2, [None] * 7, [a_day(), None, None, a_day()]])
def test_there_is_no_advice_on_too_little(days):
    assert advised(days) == {}


def test_short_cycling_is_to_be_acted_on_and_has_its_first_day():
    on = ([0.0] * 5 + [1.0] * 5) * 144
    made = window(60, compressor_on=on, modes=["heating"] * MINUTES)
    short = day.of(made, Counts(), HOURS)
    found = advised([a_day(), short, short, short])
    assert (found["short cycling"].level, found["short cycling"].since) == ("act", 1)
    assert "short runs" not in found


def test_two_days_of_short_runs_are_only_watched():
    on = ([0.0] * 5 + [1.0] * 5) * 144
    short = day.of(window(60, compressor_on=on), Counts(), HOURS)
    assert advised([short, short, a_day()])["short runs"].level == "watch"


def test_a_backup_heater_above_zero_is_told_from_one_in_the_frost():
    assert advised([a_day(outdoor=5.0)] * 7)["backup above zero"].level == "act"
    assert advised([a_day(outdoor=-5.0)] * 7)["backup above zero"].level == "ok"


def test_a_cop_below_what_such_machines_reach_is_watched_but_not_on_brine():
    poor = [a_day(cop=1.5)] * 5
    assert advised(poor)["below expectation"].level == "watch"
    assert "below expectation" not in advised(poor, air_source=False)


@pytest.mark.parametrize(
    ("what", "value", "kind", "level"),
    [
        ("flow_excess", 4.0, "flow above target", "watch"),
        ("flow_excess", 1.0, "flow above target", "ok"),
        ("room_excess", 2.0, "rooms too warm", "watch"),
        ("tank_loss", 1.0, "tank loses heat", "watch"),
        ("tank_loss", 2.0, "tank loses heat", "act"),
    ],
)
def test_more_than_was_asked_for_is_named(what, value, kind, level):
    made = a_day()
    odd = replace(made, comfort=replace(made.comfort, **{what: value}))
    found = advised([odd] * 4)[kind]
    assert (found.level, found.value) == (level, pytest.approx(value))


def test_a_doubtful_meter_is_named_with_its_first_day():
    made = a_day()
    odd = replace(made, suspicions={"no heat": 4000})
    assert advised([made, made, odd, odd])["meter in doubt"].since == 2


def test_the_tank_s_own_loss_is_seen_between_showers():
    tank = 50 - np.arange(MINUTES) / 60 * 0.4
    for shower in (420, 1200):
        tank[shower:] -= 6
    found = comfort.of(window(60, temp_hot_water=tank))
    assert found.tank_loss == pytest.approx(0.4, abs=0.02)


def test_hours_of_charging_say_nothing_about_the_tank():
    made = window(60, temp_hot_water=np.linspace(40, 55, MINUTES), modes=["hot_water"] * MINUTES)
    assert comfort.of(made).tank_loss is None
