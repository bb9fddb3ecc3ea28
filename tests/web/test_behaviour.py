"""What the page of a heat pump says about its behaviour."""

import json

import pytest

from app.polling import detecting
from app.polling.detecting import Hour
from app.services import heatpumps
from app.store import detectors
from app.store.detectors import Learned

NOW = 1_763_730_180
LIVED = {"mode_days": {"0": 40, "1": 40, "2": 40}, "coldest": -5.0, "warmest": 15.0, "usual": 5.0}
HOT = [
    {"name": "spread_heating", "title": "", "value": 7.93, "expected": 4.2, "unit": "K", "since": NOW - 7200},
    {"name": "frozen:temp_flow", "title": "", "value": None, "expected": None, "unit": "", "since": NOW - 7200},
    {"name": "run_share", "title": "", "value": 0.5, "expected": 0.25, "unit": "", "since": NOW - 7200},
]


@pytest.fixture
def pump(system, idm):
    return heatpumps.add(system, idm)


def known(system, pump, days, model="navigator_2_0"):
    seen = {"machine": {"manufacturer": "idm", "model": model}, "lived": LIVED | {"days": days}}
    with system.database.transaction() as db:
        detectors.keep(db, pump.id, Learned(NOW, json.dumps(seen), b""))


def judged(system, pump, score, told=()):
    detecting.keep(system.database, pump.id, [Hour(NOW // 3600 * 3600, score, json.dumps(told))], system.latest.put)


def section(client, pump):
    page = client.get(f"/heatpumps/{pump.id}").text
    return page.split('id="behaviour-title"')[1].split("</section>")[0]


def test_a_new_heat_pump_is_being_learned(owner, system, pump):
    text = section(owner, pump)
    assert "Nothing was judged yet." in text
    assert "Learning: day 0 of 30." in text


@pytest.mark.parametrize(
    ("days", "words"),
    [(9, "Learning: day 9 of 30."), (35, "the judgement is provisional"), (80, "Well known.")],
)
def test_it_says_how_far_a_heat_pump_is_known(owner, system, pump, days, words):
    known(system, pump, days)
    judged(system, pump, 0.42)
    text = section(owner, pump)
    assert words in text
    assert "score 0.42" in text


def test_an_alarm_is_explained_with_value_expected_value_and_time(owner, system, pump):
    known(system, pump, 80)
    judged(system, pump, 1.6, HOT)
    text = section(owner, pump)
    assert "Unusual" in text
    assert "Spread while heating: 7.93 K instead of 4.20 K, since" in text
    assert "It always says the same (flow temperature), since" in text
    assert "Share of the time with the compressor running: 50.0 % instead of 25.0 %" in text


def test_a_score_below_the_line_gives_no_reasons(owner, system, pump):
    known(system, pump, 80)
    judged(system, pump, 0.999, HOT)
    assert "<li>" not in section(owner, pump)


def test_an_exchanged_heat_pump_is_learned_anew(owner, system, pump):
    known(system, pump, 80, model="another")
    judged(system, pump, 1.6, HOT)
    text = section(owner, pump)
    assert "it is" not in text and "was exchanged" in text
    assert "<li>" not in text
