"""The COP of now, from a few readings: the same as that of a window, and hidden with a reason."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from app.analysis import columns
from app.analysis.columns import Samples
from app.analysis.half_hour import ratio
from app.polling.half_hour import HalfHour
from app.reading import Column, Reading

NOW = 1_763_730_180


def ring(rows: list[tuple[int, dict[str, float | None]]]) -> HalfHour:
    made = HalfHour()
    for at, values in rows:
        made.put(Reading("hp-001", at, tuple(Column(name, "kW", "float64") for name in values), tuple(values.values())))
    return made


def steadily(minutes: float, **values: float | None) -> list[tuple[int, dict[str, float | None]]]:
    return [(at, dict(values)) for at in range(NOW - round(minutes * 60), NOW + 1, 30)]


@pytest.mark.parametrize(
    ("rows", "value", "hidden"),
    [
        (steadily(40, power_current=8.0, power_current_draw=2.0), 4.0, None),
        (steadily(16, power_current=8.0, power_current_draw=2.0), 4.0, None),
        (steadily(10, power_current=8.0, power_current_draw=2.0), None, "too little known"),
        (steadily(40, power_current=8.0), None, "too little known"),
        (steadily(40, power_current=0.0, power_current_draw=0.01), None, "not running"),
        (steadily(40, power_current=0.0, power_current_draw=0.0), None, "not running"),
        (steadily(40, power_current=30.0, power_current_draw=2.0), None, "not believable"),
        (steadily(40, power_current=-5.0, power_current_draw=2.0), None, "not believable"),
        (steadily(40, power_current=8.0, power_current_draw=-2.0), None, "too little known"),
        (steadily(40, power_current=8.0, power_current_draw=2.0, meter_electric_power=2.5), 3.2, None),
        (steadily(40, power_current=8.0, power_current_draw=2.0) + steadily(1, meter_electric_power=2.5), 4.0, None),
        (steadily(40, flow_rate=1000.0, temp_flow=35.0, temp_return=30.0, power_current_draw=1.163), 5.0, None),
        (steadily(40, power_current=None, power_current_draw=2.0), None, "too little known"),
        ([], None, "too little known"),
    ],
)
def test_the_cop_of_now_is_shown_or_hidden_with_its_reason(rows, value, hidden) -> None:
    found = ring(rows).cop("hp-001", NOW)
    assert found.value == (None if value is None else pytest.approx(value))
    assert found.hidden == hidden


def test_what_was_read_an_hour_ago_is_not_now() -> None:
    assert ring(steadily(40, power_current=8.0, power_current_draw=2.0)).cop("hp-001", NOW + 3600).value is None


@pytest.mark.parametrize(
    ("electric", "heat", "cop"),
    [
        ([2.0] * 30, [8.0] * 30, 4.0),
        ([0.0] * 15 + [2.0] * 15, [0.0] * 15 + [8.0] * 15, 4.0),
        ([2.0] * 30, [30.0] * 30, None),
        ([2.0] * 30, [0.2] * 30, None),
        ([0.0] * 30, [0.0] * 30, None),
        ([math.nan] * 16 + [2.0] * 14, [8.0] * 30, None),
        ([math.nan] * 15 + [2.0] * 15, [8.0] * 30, 4.0),
    ],
)
def test_the_cop_of_now_is_a_ratio_of_means_or_hidden(
    electric: list[float], heat: list[float], cop: float | None
) -> None:
    assert ratio(heat, electric, 60).value == (None if cop is None else pytest.approx(cop))


@pytest.mark.parametrize("seed", range(20))
def test_it_is_the_cop_of_the_same_window(seed: int) -> None:
    chance = random.Random(seed)
    rows = [
        (at, {"power_current": chance.uniform(-2, 9), "power_current_draw": chance.uniform(0.5, 3)})
        for at in range(NOW - 4000, NOW, chance.choice((20, 60, 300, 840)))
        if chance.random() < 0.8
    ]
    until = (NOW // 60 + 1) * 60
    samples = Samples(
        np.array([at for at, _ in rows], dtype=np.int64),
        {name: [values[name] for _, values in rows] for name in ("power_current", "power_current_draw")},
    )
    window = columns.window(samples, until - 1800, until)
    expected = ratio(window.heat.tolist(), window.electric.tolist(), window.step_s).value
    assert ring(rows).cop("hp-001", NOW).value == (None if expected is None else pytest.approx(expected))


def test_a_restart_goes_on_with_what_was_read_before() -> None:
    made = ring(steadily(1, power_current=8.0, power_current_draw=2.0))
    for sensor, value in (("power_current", 8.0), ("power_current_draw", 2.0)):
        made.lead_in("hp-001", sensor, [(NOW - 60 * minute, value) for minute in range(40, 0, -1)])
    assert made.cop("hp-001", NOW).value == pytest.approx(4.0)
