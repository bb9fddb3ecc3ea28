"""From which time it is learned, how far a heat pump is known then, and what is new to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.analysis.behaviour import lessons
from app.analysis.behaviour.lessons import DAY_S, Episode
from app.analysis.behaviour.table import Table
from app.analysis.behaviour.verdict import UNDER_THE_LINE, verdicts, watching
from app.analysis.detector.hours import hours_of
from app.analysis.detector.learning import Lived, State
from app.analysis.detector.model import Model
from app.analysis.detector.signs import FIRST_LIMITS, signs_of
from app.analysis.detector.steady import Reading, course
from tests.analysis.detector.lived import HEADING, MINUTES_A_DAY, as_recording

NOW = 1_700_006_400


@pytest.mark.parametrize(
    ("days", "first", "last"),
    [(0, 0, 0), (9, -9, 0), (67, -67, 0), (68, -68, -28), (118, -118, -28), (400, -118, -28)],
)
def test_it_is_learned_from_ninety_days_that_are_old_enough_once_there_are_enough(days, first, last):
    start, end = lessons.span(NOW, NOW - days * DAY_S)
    assert (start, end) == (NOW + first * DAY_S, NOW + last * DAY_S)


def test_what_was_no_fault_is_learned_although_it_is_young():
    end = NOW - 28 * DAY_S
    excused = Episode(end - 3600, end + 3600, True, {})
    young, fault = Episode(NOW - 7200, NOW + 3600, True, {}), Episode(NOW - 9000, NOW - 7200, False, {})
    assert lessons.also(end, NOW, [excused, young, fault]) == [(end, end + 3600), (NOW - 7200, NOW)]


def known_for(days: int, **mode_days: int) -> Model:
    modes = dict.fromkeys(range(4), days) | {3: mode_days.get("defrost", days)}
    return Model({}, Reading(True, {}), Lived(days, modes, -5.0, 15.0, 5.0), {}, None)


@pytest.mark.parametrize(
    ("days", "age_days", "state"),
    [(9, 0, State.LEARNING), (40, 0, State.PROVISIONAL), (80, 0, State.PROVISIONAL), (80, 28, State.TRUSTED)],
)
def test_what_was_learned_from_the_last_weeks_as_well_is_not_trusted_yet(days, age_days, state):
    assert lessons.standing(known_for(days), NOW, NOW - age_days * DAY_S).state is state


@pytest.mark.parametrize(
    ("days", "after_days", "due"), [(9, 0.9, False), (9, 1, True), (40, 6.9, False), (40, 7, True), (40, -1, True)]
)
def test_it_is_learned_daily_then_weekly_and_when_the_clock_was_set_back(days, after_days, due):
    assert lessons.due(known_for(days), NOW, round(NOW + after_days * DAY_S)) is due


def test_while_it_is_learning_plain_signs_have_the_limits_of_the_first_day_unless_they_were_excused():
    learned = replace(known_for(9), signs={"frozen:temp_flow": 60.0, "starts:mode": 12.0, "frozen:power_thermal": 60.0})
    limits = watching(learned).signs
    assert limits["frozen:temp_flow"] == FIRST_LIMITS["frozen:temp_flow"]
    assert limits["starts:mode"] == 12.0
    assert "frozen:power_thermal" not in limits
    assert watching(replace(learned, lived=known_for(40).lived)).signs["frozen:temp_flow"] == 60.0


def test_in_a_range_that_is_new_to_it_nothing_learned_raises_an_alarm_and_plain_signs_do(model, week):
    known = replace(model, lived=replace(model.lived, days=40, coldest=30.0, usual=0.5))
    spread = week.copy()
    spread[MINUTES_A_DAY:, HEADING.index("temp_return")] -= 4
    table = _table(known, spread)
    judged = verdicts(known, table, int(table.hours.at[0]))
    assert max(hour.score for hour in judged) == UNDER_THE_LINE
    assert {"record cold"} == {news for hour in judged for news in hour.news}
    assert max(hour.score for hour in verdicts(replace(known, lived=model.lived), table, 0)) > 1
    broken = week.copy()
    broken[MINUTES_A_DAY:, HEADING.index("temp_flow")] = -3276.8
    assert max(hour.score for hour in verdicts(known, _table(known, broken), 0)) > 1


def _table(known: Model, rows: np.ndarray) -> Table:
    recording = as_recording(rows)
    happened = course(recording, known.reading)
    return Table(hours_of(recording, happened), signs_of(recording, happened))
