"""Behaviour is learned and judged beside the polls, from the history that is kept."""

import json

import pytest

from app.polling import detecting
from app.polling.behaviour import Behaviour
from app.services import heatpumps
from app.store import detectors
from tests.analysis.detector.kept import Lived

DAY_S = 86_400
BEGIN = 1_700_006_400


@pytest.fixture
def lived(system, idm):
    return Lived(system, idm)


def test_every_hour_that_is_over_gets_a_score_once(lived):
    behaviour = lived.behaviour()
    assert behaviour.run(gently=False) == 72, "after a pause, the last three days"
    assert behaviour.run(gently=False) == 0
    lived.more(0.25)
    assert behaviour.run(gently=False) == 6
    scores = lived.scores()
    assert len(scores) == len({at // 3600 for at, _ in scores}) == 78
    assert all(value < 1 for _, value in scores)
    assert lived.system.latest.of(lived.pump.id)[detecting.SCORE].value == scores[-1][1]


def test_a_program_started_anew_goes_on_where_it_ended(lived):
    lived.behaviour().run(gently=False)
    lived.more(0.25)
    lived.system.latest.load(lived.system.database.connection())
    assert lived.behaviour().run(gently=False) == 6


def test_a_sensor_that_lies_is_told_with_its_reasons(lived):
    behaviour = lived.behaviour()
    behaviour.run(gently=False)
    lived.more(2, lie="temp_return")
    behaviour.run(gently=False)
    told = detectors.anomalies(lived.system.database.connection(), lived.pump.id, 0, 2_000_000_000)
    assert told
    assert any("temp_return" in each["title"] for each in json.loads(told[0].told))
    assert max(value for _, value in lived.scores()) == max(each.score for each in told)


def test_a_model_is_learned_once_a_week_and_for_one_machine_only(lived):
    database, now = lived.system.database, int(lived.plant.at)
    lived.behaviour().run(gently=False)
    model = detecting.known(database, lived.pump, now)
    assert model.known is not None
    assert detecting.known(database, lived.pump, now + 8 * DAY_S) is None
    exchanged = heatpumps.get(lived.system, lived.pump.id)
    with database.transaction() as db:
        db.execute("UPDATE heatpumps SET model = 'another' WHERE id = ?", (exchanged.id,))
    assert detecting.known(database, heatpumps.get(lived.system, lived.pump.id), now) is None


def test_a_heat_pump_without_a_history_is_no_trouble(system, idm):
    pump = heatpumps.add(system, idm | {"enabled": True})
    assert Behaviour(system.database, system.latest, lambda: BEGIN).run(gently=False) == 0
    assert detectors.anomalies(system.database.connection(), pump.id, 0, BEGIN) == []
