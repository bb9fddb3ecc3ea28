"""COP and what belongs to it, against the worked window and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from app.analysis import performance
from app.analysis.grid import held
from tests.analysis.windows import column, window, worked


def test_the_worked_window_gives_its_published_figures():
    figures = performance.of(worked())
    assert figures.combined.electric == pytest.approx(1.418333, abs=1e-6)
    assert figures.combined.heat == pytest.approx(3.25)
    assert figures.combined.cop == pytest.approx(2.291422, abs=1e-6)
    assert figures.running.electric == pytest.approx(1.416667, abs=1e-6)
    assert figures.running.cop == pytest.approx(2.294118, abs=1e-6)
    assert figures.standby == pytest.approx(0.001667, abs=1e-6)
    assert figures.negative_heat == pytest.approx(0.5)
    assert figures.flow == pytest.approx(35.0222, abs=1e-4)
    assert figures.coverage == 1.0


def test_the_ideal_coefficient_of_a_flow_of_35_at_0_degrees():
    assert performance.carnot(column([35]), column([0 - 6]))[0] == pytest.approx(7.2128, abs=1e-4)


def test_energies_are_split_by_what_they_were_for():
    figures = performance.of(
        window(
            power_current_draw=[2, 2, 1, 2, 0.02],
            power_current=[8, 5, -4, -2, 0],
            modes=["heating", "hot_water", "cooling", "defrost", "standby"],
        )
    )
    assert figures.space.heat == pytest.approx(1.0)  # heating and the defrost
    assert figures.space.cop == pytest.approx(6 / 4)
    assert figures.hot_water.cop == pytest.approx(2.5)
    assert figures.cooling.cop == pytest.approx(4.0)
    assert figures.negative_heat == pytest.approx(2 / 6)  # chilling is no loss


def test_only_slots_with_both_powers_count():
    figures = performance.of(window(1200, power_current_draw=[2, None, 2], power_current=[8, 8, None]))
    assert figures.combined == performance.Energies(pytest.approx(2 / 3), pytest.approx(8 / 3))
    assert figures.coverage == pytest.approx(1 / 3)


def test_a_negative_input_is_no_input():
    assert performance.of(window(power_current_draw=[-1, 2], power_current=[4, 8])).combined.cop == pytest.approx(4)


def test_nothing_known_gives_no_figure():
    figures = performance.of(window(power_current_draw=[None] * 3, temp_flow=[30] * 3))
    assert figures.combined.cop is None
    assert figures.flow is None
    assert figures.carnot_percent is None
    assert figures.coverage == 0


def test_an_empty_window_gives_no_figure():
    assert performance.of(window(power_current=[])).combined.cop is None


def test_brine_is_the_source_of_a_ground_source_machine():
    made = window(
        power_current_draw=[2],
        power_current=[9],
        temp_flow=[35],
        temp_return=[30],
        temp_source_in=[4],
        temp_outside=[-10],
    )
    ideal = (37 + 273.15) / (37 - 4)
    assert performance.carnot_percent(made, ground_source=True) == pytest.approx(100 * 9 / ideal / 2)
    assert performance.carnot_percent(made) == pytest.approx(100 * 9 / ((37 + 273.15) / (37 + 16)) / 2)


@pytest.mark.parametrize(
    ("values", "step_s", "filled"),
    [
        ([1, None, 2], 600, [1, 1, 2]),
        ([1, None, 2], 900, [1, None, 2]),
        ([1, None, None, 2], 300, [1, 1, 1, 2]),
        ([1, None, None, None, 2], 300, [1, None, None, None, 2]),
        ([None, 1], 60, [None, 1]),
        ([1, None], 60, [1, 1]),
        ([], 60, []),
    ],
)
def test_runs_without_a_value_are_held_below_900_seconds(values, step_s, filled):
    assert np.array_equal(held(column(values), step_s), column(filled), equal_nan=True)
