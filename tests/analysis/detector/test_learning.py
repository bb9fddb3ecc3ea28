"""When a heat pump counts as known, and what is new to it."""

import numpy as np
import pytest

from app.analysis.detector.hours import hours_of
from app.analysis.detector.learning import Lived, State, learning, lived, new_range
from app.analysis.detector.recording import DEFROST, HEATING, HOT_WATER, OFF
from app.analysis.detector.steady import course, reading_of
from tests.analysis.detector.lived import HEADING, MINUTES_A_DAY, as_recording


def history(days, **mode_days):
    modes = {OFF: days, HEATING: days, HOT_WATER: days, DEFROST: days}
    return Lived(days, modes | {DEFROST: mode_days.get("defrost", days)}, -5.0, 15.0, 5.0)


@pytest.mark.parametrize(
    ("past", "state", "day"),
    [
        (history(0), State.LEARNING, 0),
        (history(9), State.LEARNING, 9),
        (history(29), State.LEARNING, 29),
        (history(30), State.PROVISIONAL, 30),
        (history(59), State.PROVISIONAL, 30),
        (history(60), State.TRUSTED, 30),
        (history(80, defrost=6), State.LEARNING, 30),
        (history(80, defrost=0), State.TRUSTED, 30),
    ],
)
def test_a_heat_pump_is_known_after_a_month_and_trusted_after_two(past, state, day):
    known = learning(past)
    assert (known.state, known.day, known.of) == (state, day, 30)


def table(rows):
    recording = as_recording(rows)
    return hours_of(recording, course(recording, reading_of(recording)))


def test_days_count_when_half_of_their_hours_were_recorded(history):
    hours = table(history[: 3 * MINUTES_A_DAY + 600])
    assert lived(hours, np.ones(len(hours), dtype=bool)).days == 3


def test_the_first_defrost_and_a_record_cold_are_new(week):
    past = Lived(40, {OFF: 40, HEATING: 40, HOT_WATER: 40, DEFROST: 0}, -2.0, 12.0, 4.0)
    rows = week[:MINUTES_A_DAY].copy()
    rows[:, HEADING.index("temp_outside")] = 0.0
    rows[600:, HEADING.index("temp_outside")] = -9.0
    rows[:, HEADING.index("mode")] = HEATING
    rows[300:330, HEADING.index("mode")] = DEFROST
    new = new_range(past, table(rows))
    assert {"first defrost"} in [set(each) for each in new[4:7]]
    assert new[0] == new[8] == ()
    assert new[-2] == ("record cold",)
