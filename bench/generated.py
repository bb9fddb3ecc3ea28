"""Seeded history of heat pumps with 100 sensors each: what a store is measured with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.reading import Column

DAY_S = 86400
START = 1_704_063_600
"""2024-01-01 in Berlin."""

TEMPERATURES, FINE_TEMPERATURES, POWERS, COUNTERS, STATES = 40, 15, 8, 10, 10
SENSORS = 100


@dataclass(frozen=True, slots=True)
class Course:
    """One sensor over the whole time: numbers as a controller gives them (places in `WORDS` for a text)."""

    column: Column
    values: NDArray[np.float64]


WORDS = ("standby", "heating", "hot_water", "defrost")


def heat_pump(seed: int, times: NDArray[np.int64], sensors: int = SENSORS) -> list[Course]:
    """The courses of a heat pump: temperatures at 0.1 and 0.01, powers that stand still between runs, counters, states,
    and settings that somebody changes now and then."""
    draw = np.random.default_rng(seed)
    hours = times / 3600
    running = np.sin(hours * 2 * np.pi / 1.7 + np.sin(hours / 11)) > -0.2
    kinds = (
        [_temperature] * TEMPERATURES
        + [_fine_temperature] * FINE_TEMPERATURES
        + [_power] * POWERS
        + [_counter] * COUNTERS
        + [_state] * STATES
        + [_setting] * (SENSORS - TEMPERATURES - FINE_TEMPERATURES - POWERS - COUNTERS - STATES)
    )
    return [kind(draw, number, hours, running) for number, kind in enumerate(kinds[:sensors])]


def regular(days: int) -> NDArray[np.int64]:
    """A poll every 60 s, of which some come a second late."""
    times = START + 60 * np.arange(days * DAY_S // 60, dtype=np.int64)
    times[np.random.default_rng(0).random(len(times)) < 0.01] += 1
    return times


def _waves(draw: np.random.Generator, hours: NDArray[np.float64]) -> NDArray[np.float64]:
    level, daily, cycle = draw.uniform(5, 60), draw.uniform(1, 4), draw.uniform(0.5, 3)
    shift = draw.uniform(0, 6)
    waves: NDArray[np.float64] = (
        level
        + daily * np.sin(hours * 2 * np.pi / 24 + shift)
        + cycle * np.sin(hours * 2 * np.pi / 1.7 + np.sin(hours / 11) + shift)
    )
    return waves


def _rounded(values: NDArray[np.floating], decimals: int) -> NDArray[np.float64]:
    return np.asarray(np.round(values, decimals), np.float64)


def _temperature(
    draw: np.random.Generator, number: int, hours: NDArray[np.float64], running: NDArray[np.bool_]
) -> Course:
    noise = draw.normal(0, 0.06, len(hours))
    return Course(Column(f"temp_{number}", "°C", "float32"), _rounded(_waves(draw, hours) + noise, 1))


def _fine_temperature(
    draw: np.random.Generator, number: int, hours: NDArray[np.float64], running: NDArray[np.bool_]
) -> Course:
    noise = draw.uniform(-0.05, 0.05, len(hours))
    return Course(Column(f"temp_fine_{number}", "°C", "float32"), _rounded(_waves(draw, hours) + noise, 2))


def _power(draw: np.random.Generator, number: int, hours: NDArray[np.float64], running: NDArray[np.bool_]) -> Course:
    level = draw.uniform(2, 9)
    power = np.where(running, level * (1 + 0.1 * np.sin(hours)) * (1 + draw.normal(0, 0.01, len(hours))), 0.0)
    return Course(Column(f"power_{number}", "kW", "float32"), _rounded(power, 2))


def _counter(draw: np.random.Generator, number: int, hours: NDArray[np.float64], running: NDArray[np.bool_]) -> Course:
    counted = draw.uniform(1000, 9000) + np.cumsum(running * draw.uniform(0.001, 0.08))
    return Course(Column(f"energy_{number}", "kWh", "float64"), _rounded(counted, 1))


def _state(draw: np.random.Generator, number: int, hours: NDArray[np.float64], running: NDArray[np.bool_]) -> Course:
    lower, shift = draw.uniform(-0.9, 0.9), draw.uniform(0, 6)
    on = np.sin(hours * 2 * np.pi / draw.uniform(1, 24) + shift) > lower
    if number % 2:
        return Course(Column(f"switch_{number}", "", "1"), on.astype(np.float64))
    return Course(Column(f"mode_{number}", "", "text"), np.where(on, draw.integers(1, 4), 0).astype(np.float64))


def _setting(draw: np.random.Generator, number: int, hours: NDArray[np.float64], running: NDArray[np.bool_]) -> Course:
    changes = np.cumsum(draw.random(len(hours)) < 1 / 20000)
    return Course(Column(f"setting_{number}", "°C", "0.5"), _rounded(20 + changes % 7 * 0.5, 1))
