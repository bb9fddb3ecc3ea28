"""Behaviour is learned and judged beside the polls, from the history that is kept: once, and whatever that is like."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import numpy as np
import pytest

from app.analysis.detector.forest import grow
from app.analysis.detector.learning import State
from app.polling import detecting, growing
from app.polling.growing import Broken, grown_elsewhere
from app.reading import Value
from app.services import behaviour, heatpumps
from app.store import alert_events, detectors, readings
from drivers.simulators.plant import Plant
from tests.polling.watched import BEGIN, DAY_S, DAYS, STEP_S, Row, Watched, copied, rows

HOUR_ROWS = 3600 // STEP_S


@pytest.fixture(scope="module")
def life() -> list[Row]:
    return rows(Plant(9, start=BEGIN), DAYS + 3)


@pytest.fixture(scope="module")
def past(life: list[Row]) -> list[Row]:
    return life[: DAYS * DAY_S // STEP_S]


@pytest.fixture(scope="module")
def future(life: list[Row]) -> list[Row]:
    return life[DAYS * DAY_S // STEP_S :]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory, past: list[Row]) -> Path:
    """The folder of an installation that has watched a heat pump for 33 days."""
    folder = tmp_path_factory.mktemp("watched")
    idm = {"name": "A", "manufacturer": "idm", "model": "navigator_2_0", "device_config": {"circuits": ["A"]}}
    watched = Watched(folder, idm | {"connection_config": {"host": "127.0.0.1", "port": 9}})
    watched.tell(past)
    watched.judge()
    watched.system.database.close()
    return folder


@pytest.fixture
def watched(known: Path, tmp_path: Path, past: list[Row]):
    made = Watched(copied(known, tmp_path / "copy"))
    made.now = past[-1][0] + 120
    yield made
    made.system.database.close()


@pytest.fixture
def new(tmp_path: Path, idm: dict[str, object]):
    made = Watched(tmp_path, idm)
    yield made
    made.system.database.close()


def warm_return(row: dict[str, Value]) -> dict[str, Value]:
    warm = row["temp_return"]
    assert isinstance(warm, float)
    return row | {"temp_return": warm + 4}


def less_heat(row: dict[str, Value]) -> dict[str, Value]:
    heat = row["power_current"]
    assert isinstance(heat, float)
    return row | {"power_current": 0.7 * heat}


def test_every_hour_that_is_over_gets_one_score_between_its_polls(watched, future):
    before = watched.scores()
    assert len(before) == 14 * 24, "of what was kept before, the last two weeks"
    seen = watched.system.latest.last_seen(watched.pump.id)
    watched.tell(future[: 6 * HOUR_ROWS])
    assert watched.judge() == 6
    assert watched.judge() == 0
    assert len(watched.scores()) == len(before) + 6
    assert watched.system.latest.last_seen(watched.pump.id) <= future[6 * HOUR_ROWS - 1][0]
    assert seen < watched.system.latest.of(watched.pump.id)["anomaly_score"].at <= watched.now
    assert max(watched.scores().values()) < 1


def test_a_program_started_anew_goes_on_where_it_ended_with_the_same_scores(watched, future, known, tmp_path):
    other = Watched(copied(known, tmp_path / "other"))
    for end in (2, 4, 6):
        for each in (watched, other):
            each.tell(future[(end - 2) * HOUR_ROWS : end * HOUR_ROWS])
        other.begin_again()
        assert watched.judge() == other.judge() == 2
    assert watched.scores() == pytest.approx(other.scores(), abs=0.02)
    other.system.database.close()


def test_a_gap_of_days_is_made_up_for_and_nothing_happens_twice(watched, future):
    watched.tell(future)
    assert watched.begin_again().run(gently=False) == 72
    assert watched.begin_again().run(gently=False) == 0


def test_a_prefix_of_the_history_has_the_prefix_of_the_scores(watched, future, known, tmp_path):
    watched.tell(future[: 24 * HOUR_ROWS], warm_return)
    watched.judge()
    other = Watched(copied(known, tmp_path / "other"))
    other.tell(future[: 12 * HOUR_ROWS], warm_return)
    other.judge()
    part = other.scores()
    assert {at: score for at, score in watched.scores().items() if at in part} == part
    other.system.database.close()


def test_a_sensor_that_lies_is_one_finding_with_its_reasons_and_its_hours_are_not_learned(watched, future):
    watched.tell(future, warm_return)
    watched.judge()
    (found,) = watched.findings()
    begun = future[0][0]
    assert begun - 3600 <= found.since <= begun + 12 * 3600
    assert found.until == watched.now // 3600 * 3600
    reasons = detecting.reasons_of(found)
    assert any("temp_return" in each.title for each in reasons)
    assert reasons[0].outside is not None
    (episode,) = detecting.episodes_of(watched.system.database.connection(), watched.pump.id, 0, watched.now)
    assert (episode.since, episode.until, episode.excused) == (found.since, found.until, False)
    assert behaviour.of(watched.system, watched.pump).alarm
    assert list(behaviour.unusual(watched.system, [watched.pump])) == [watched.pump.id]


def test_what_its_owner_calls_no_fault_is_normal_from_then_on(watched, future):
    watched.tell(future[: 40 * HOUR_ROWS], warm_return)
    watched.judge()
    (found,) = watched.findings()
    behaviour.judge(watched.system, watched.pump, found.id, "not a fault", "berta")
    watched.tell(future[40 * HOUR_ROWS :], warm_return)
    watched.judge()
    last = detecting.last_of_all(detectors.find(watched.system.database.connection(), watched.pump.id))
    assert last.score < 1 < found.score


def test_after_the_new_normal_it_is_learned_anew(watched, future):
    behaviour.call_normal(watched.system, watched.pump)
    watched.tell(future, less_heat)
    watched.judge()
    shown = behaviour.of(watched.system, watched.pump)
    assert (shown.state, shown.because, shown.learning.day) == ("learning", "new normal", 3)
    assert watched.findings() == []
    assert not shown.alarm


def test_days_that_the_owner_leaves_out_are_not_learned(watched, past):
    begin = past[5 * DAY_S // STEP_S][0]
    behaviour.mark(watched.system, watched.pump, begin, begin + 7 * DAY_S, "berta")
    watched.judge()
    assert behaviour.of(watched.system, watched.pump).learning.day < 30


def test_another_model_is_learned_anew_and_its_first_days_raise_no_alarm(watched, future):
    sent = {
        "model": "altherma_homehub",
        "manufacturer": "daikin",
        "connection_config": {"host": "127.0.0.1", "port": 9},
    }
    watched.system.clock = lambda: watched.now
    watched.pump = heatpumps.change(watched.system, watched.pump.id, sent)
    assert behaviour.of(watched.system, watched.pump).because == "exchanged"
    watched.tell(future, lambda row: warm_return(row) | {"power_current": 22.0 + float(row["power_current"])})
    watched.judge()
    shown = behaviour.of(watched.system, watched.pump)
    assert (shown.state, shown.because) == ("learning", "exchanged")
    assert not shown.alarm
    assert watched.findings() == []


def test_a_model_of_another_version_is_learned_again(watched):
    db = watched.system.database
    with db.transaction() as writing:
        writing.execute("UPDATE detectors SET content = x'00'")
    assert detecting.known(db, detectors.find(db.connection(), watched.pump.id), watched.pump, watched.now) is None
    watched.begin_again()
    watched.now += 3600
    watched.judge()
    assert behaviour.of(watched.system, watched.pump).state == "provisional"


def test_a_sensor_that_fell_silent_is_told_as_long_as_it_is(new, past):
    new.tell(past[: 2 * DAY_S // STEP_S])
    new.judge()
    silent = past[2 * DAY_S // STEP_S : 9 * DAY_S // STEP_S]
    for day in range(7):
        part = silent[day * DAY_S // STEP_S : (day + 1) * DAY_S // STEP_S]
        new.tell(part, lambda row: {name: value for name, value in row.items() if name != "temp_outside"})
        new.judge()
    (found,) = new.findings()
    assert found.since <= silent[0][0] + 4 * 3600
    assert found.until == new.now // 3600 * 3600
    assert "stale:temp_outside" in [each.name for each in detecting.reasons_of(found)]


def without(*names: str):
    return lambda row: {name: value for name, value in row.items() if name not in names}


def only(*names: str):
    return lambda row: {name: value for name, value in row.items() if name in names}


def constant(row: dict[str, Value]) -> dict[str, Value]:
    """A machine that is switched off, and whose sensors all say what they said."""
    resting = {"operating_mode": "off", "compressor_on": "off", "compressor_frequency": 0.0}
    return {"temp_flow": 21.0, "temp_return": 21.0, "power_current": 0.0, "power_current_draw": 0.0} | resting


HISTORIES = {
    "one sensor": only("temp_outside"),
    "a mode and nothing else": only("operating_mode"),
    "constant sensors": constant,
    "no mode": without("operating_mode"),
    "words that nobody knows": lambda row: row | {"operating_mode": "dancing"},
    "only cooling": lambda row: row | {"operating_mode": "cooling"},
    "no outdoor temperature": without("temp_outside"),
}


@pytest.mark.parametrize("history", HISTORIES)
def test_a_poor_history_is_no_trouble_and_no_alarm(new, past, history, caplog):
    new.tell(past[: 9 * DAY_S // STEP_S], HISTORIES[history])
    assert new.judge() > 0
    shown = behaviour.of(new.system, new.pump)
    assert shown.state == "learning"
    assert not shown.alarm
    assert new.findings() == []
    assert caplog.records == []


def test_a_heat_pump_that_was_never_read_has_a_state(new, caplog):
    assert new.judge() == 0
    assert behaviour.of(new.system, new.pump).state == "nothing"
    assert caplog.records == []


def test_after_weeks_of_absence_old_scores_are_not_the_present(watched, future, caplog):
    watched.now += 40 * DAY_S
    assert watched.judge() == 0
    shown = behaviour.of(watched.system, watched.pump)
    assert not shown.current
    late = [(at + 40 * DAY_S, row) for at, row in future[: 6 * HOUR_ROWS]]
    watched.tell(late)
    assert watched.judge() == 6
    assert behaviour.of(watched.system, watched.pump).current
    assert watched.findings() == []
    assert caplog.records == []


def test_a_clock_that_was_a_month_ahead_for_a_while_stops_nothing(watched, future, caplog):
    watched.now += 30 * DAY_S
    watched.judge()
    watched.now -= 30 * DAY_S
    watched.judge()
    watched.tell(future[: 6 * HOUR_ROWS])
    assert watched.judge() == 6
    assert watched.findings() == []
    assert caplog.records == []


def test_the_state_follows_the_days(new, past):
    new.tell(past[: 9 * DAY_S // STEP_S + 60])
    new.judge()
    shown = behaviour.of(new.system, new.pump)
    assert (shown.state, shown.learning.state, shown.learning.day) == ("learning", State.LEARNING, 9)


def test_a_heat_pump_that_cannot_be_judged_does_not_stop_the_others(watched, future, idm, caplog):
    second = heatpumps.add(
        watched.system, idm | {"enabled": True, "connection_config": {"host": "127.0.0.1", "port": 7}}
    )
    watched.judge()
    db = watched.system.database
    with db.transaction() as writing:
        writing.execute("UPDATE detectors SET learned = '{', content = zeroblob(9) WHERE heatpump_id = 'hp-001'")
        writing.execute("UPDATE findings SET reasons = '{'")
        writing.execute(
            "INSERT INTO findings (heatpump_id, since, until, score, reasons) VALUES ('hp-001', 1, ?, 2, '{')",
            (watched.now,),
        )
    watched.begin_again()
    watched.tell(future[:HOUR_ROWS])
    watched.judge()
    watched.judge()
    assert [record.levelname for record in caplog.records] == ["ERROR"], "told once"
    assert detectors.find(db.connection(), second.id).judged_until == (watched.now - 90) // 3600 * 3600


def test_a_rule_judges_each_score_once_and_opens_one_event(watched, future):
    watched.tell(future[: 30 * HOUR_ROWS], warm_return)
    for _ in range(2):
        watched.judge()
        watched.begin_again()
    db = watched.system.database.connection()
    (event,) = alert_events.open_ones(db, watched.pump.id)
    assert (event.builtin, event.opened_at) == ("unusual", watched.now)
    assert event.causes[0]["value"] == watched.scores()[watched.now // 3600 * 3600 - 3600]
    watched.tell(future[30 * HOUR_ROWS : 31 * HOUR_ROWS], warm_return)
    watched.judge()
    assert len(alert_events.log(db, limit=9)) == 1


def test_scores_that_are_made_up_for_after_days_open_no_event_about_the_past(watched, future):
    watched.tell(future[: 30 * HOUR_ROWS], warm_return)
    watched.now += DAY_S
    watched.judge()
    assert watched.findings()
    assert alert_events.log(watched.system.database.connection(), limit=9) == []


def test_a_forest_grown_in_another_process_is_the_same_however_long_that_takes_to_begin(monkeypatch):
    monkeypatch.setattr(growing, "LOOK_S", 0.005)  # long before the process reads; and a pipe holds 64 KiB
    rows = np.random.default_rng(1).normal(size=(3_000, 4))
    looks = count()
    assert grown_elsewhere(rows, lambda: next(looks) < 12_000).score(rows).tolist() == grow(rows).score(rows).tolist()


def test_who_ends_does_not_wait_for_the_forest():
    with pytest.raises(Broken):
        grown_elsewhere(np.random.default_rng(1).normal(size=(300, 4)), lambda: False)


def test_scores_lie_in_their_day_and_survive_its_closing(watched, future):
    watched.tell(future)
    watched.judge()
    before = watched.scores()
    watched.system.upkeep.run(gently=False)
    assert watched.scores() == before
    assert readings.latest(watched.system.database.connection(), watched.pump.id)["anomaly_score"].value is not None
