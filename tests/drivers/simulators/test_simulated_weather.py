"""The made-up weather: reproducible, continuous, and like central Europe."""

from __future__ import annotations

from itertools import pairwise
from statistics import mean

import pytest

from drivers.simulators.weather import Weather
from tests.drivers.simulators.conftest import DAY_S, at


def temperatures(seed: int, day: str, days: int) -> list[float]:
    weather = Weather(seed)
    return [weather.at(at(day) + hour * 3600).temperature for hour in range(days * 24)]


def test_a_time_has_the_same_weather_whenever_one_asks() -> None:
    asked_late, asked_early = Weather(4), Weather(4)
    asked_early.at(at("2020-05-01"))
    assert asked_late.at(at("2024-02-03") + 1234.5) == asked_early.at(at("2024-02-03") + 1234.5)


def test_another_seed_is_another_weather() -> None:
    assert temperatures(1, "2024-01-01", 3) != temperatures(2, "2024-01-01", 3)


@pytest.mark.parametrize("seed", range(5))
def test_winter_is_cold_and_summer_is_warm(seed: int) -> None:
    winter, summer = temperatures(seed, "2024-01-01", 60), temperatures(seed, "2024-07-01", 60)
    assert -6 < mean(winter) < 6 < 14 < mean(summer) < 24
    assert min(winter) > -25
    assert max(summer) < 40


def test_afternoons_are_warmer_than_early_mornings() -> None:
    weather = Weather(1)
    days = [at("2024-06-01") + day * DAY_S for day in range(30)]
    assert mean(weather.at(day + 14 * 3600).temperature - weather.at(day + 3 * 3600).temperature for day in days) > 3


def test_it_changes_smoothly() -> None:
    weather = Weather(3)
    minutes = [weather.at(at("2024-03-01") + minute * 60).temperature for minute in range(3 * 24 * 60)]
    assert max(abs(after - before) for before, after in pairwise(minutes)) < 0.1


def test_the_sun_shines_by_day_only_and_the_air_is_never_wetter_than_full() -> None:
    weather = Weather(2)
    for hour in range(365 * 24):
        air = weather.at(at("2024-01-01") + hour * 3600)
        assert 0 <= air.sun < 1.0
        assert 0.2 < air.humidity <= 0.99
        if hour % 24 == 0:
            assert air.sun == 0
