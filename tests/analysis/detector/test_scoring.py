"""What the detector says of a week, healthy or not, and that it knows nothing of the future."""

import time

import numpy as np
import pytest

from app.analysis.detector.explanation import contributions
from app.analysis.detector.recording import SENSORS, recording
from app.analysis.detector.rows import rows_of
from app.analysis.detector.scoring import judge
from tests.analysis.detector.lived import HEADING, MINUTES_A_DAY, as_recording


def column(rows, name):
    return rows[:, HEADING.index(name)]


def alarmed(model, rows):
    return judge(model, as_recording(rows)).score.max() >= 1


def spoilt(week, name, change):
    """The week with one column changed from its second day on."""
    rows = week.copy()
    later = slice(MINUTES_A_DAY, None)
    rows[later, HEADING.index(name)] = change(rows[later])
    return rows


def test_a_healthy_week_raises_no_alarm(model, week):
    assert not alarmed(model, week)


FAULTS = {
    "a return sensor that reads 3 K too much": ("temp_return", lambda rows: column(rows, "temp_return") + 3),
    "a frozen flow sensor": ("temp_flow", lambda rows: 35.0),
    "a heater that never goes off": ("power_current", lambda rows: column(rows, "power_current") + 2),
    "a fifth less heat": ("power_thermal", lambda rows: column(rows, "power_thermal") * 0.8),
    "a broken wire": ("temp_outside", lambda rows: -3276.8),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_raises_an_alarm_that_names_its_sensor(model, week, fault):
    name, change = FAULTS[fault]
    judged = judge(model, as_recording(spoilt(week, name, change)))
    first = int(np.flatnonzero(judged.score >= 1)[0])
    assert judged.at[first] >= week[MINUTES_A_DAY - 61, 0]
    assert any(name in told.title for told in contributions(judged, first))


def test_an_explanation_says_value_expected_value_and_since_when(model, week):
    rows = spoilt(week, "temp_return", lambda rows: column(rows, "temp_return") + 3)
    judged = judge(model, as_recording(rows))
    begun = rows[MINUTES_A_DAY, 0]
    hour = int(np.flatnonzero(judged.at >= begun + 12 * 3600)[0])
    told = {each.name: each for each in contributions(judged, hour)}["spread_heating"]
    assert told.value - told.expected == pytest.approx(-3, abs=0.8)
    assert told.unit == "K"
    assert abs(told.since - begun) <= 6 * 3600


@pytest.mark.parametrize("end", [1, 59, 60, 61, 4321, 7000])
def test_the_score_of_a_prefix_is_the_prefix_of_the_score(model, week, end):
    rows = spoilt(week, "power_current", lambda rows: column(rows, "power_current") + 2)
    rows = rows[np.random.default_rng(1).random(len(rows)) > 0.05]

    def scored(part):
        stream, place = recording(part[:, 0], part[:, 1], {name: column(part, name) for name in SENSORS})
        return rows_of(judge(model, stream), stream, place)

    whole, part = scored(rows), scored(rows[:end])
    assert part.score.tolist() == whole.score[:end].tolist()
    assert part.top == whole.top[:end]


def test_a_season_is_scored_in_seconds(model, history):
    begun = time.process_time()
    judge(model, as_recording(history))
    assert time.process_time() - begun < 10  # it takes 0.2 s; row by row it would take minutes
