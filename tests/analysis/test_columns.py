"""Which power a window is made of: the owner's meter, or the heat pump's own."""

from __future__ import annotations

import numpy as np
import pytest

from app.analysis import columns
from app.analysis.columns import Samples

HOUR = 3600


def samples(own: list[float | None], meter: list[float | None], step_s: int = 600) -> Samples:
    times = np.arange(max(len(own), len(meter)), dtype=np.int64) * step_s
    return Samples(times, {"power_current_draw": own, "meter_electric_power": meter})


def test_a_meter_that_is_known_well_enough_is_the_power_of_the_window():
    made = columns.window(samples([2.0] * 6, [2.4] * 6), 0, HOUR)
    assert made.metered == {"power_current_draw"}
    assert np.nanmean(made.electric) == pytest.approx(2.4)


def test_a_meter_of_half_a_window_is_not_mixed_with_the_heat_pump_s_power():
    made = columns.window(samples([2.0] * 12, [None] * 6 + [2.4] * 6), 0, 2 * HOUR)
    assert made.metered == frozenset()
    assert np.nanmax(made.electric) == 2.0


def test_a_meter_of_half_a_window_is_better_than_nothing():
    made = columns.window(samples([None] * 12, [None] * 6 + [2.4] * 6), 0, 2 * HOUR)
    assert made.metered == {"power_current_draw"}


def test_heat_of_a_meter_is_not_called_derived():
    times = np.arange(6, dtype=np.int64) * 600
    read = {"flow_rate": [1000] * 6, "temp_flow": [35] * 6, "temp_return": [30] * 6, "meter_heat_power": [6.0] * 6}
    made = columns.window(Samples(times, read), 0, HOUR)
    assert (made.derived, made.metered) == (frozenset(), {"power_current"})
    assert np.nanmean(made.heat) == 6.0
