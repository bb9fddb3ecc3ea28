"""A back-test finds in the history exactly what the live evaluation found in the readings, also between them."""

from __future__ import annotations

import random

import pytest

from app.alert import Condition
from app.polling.upkeep import Upkeep
from app.services import alerts, backtest
from app.store import alert_events
from tests.polling.conftest import house  # noqa: F401  the fixture
from tests.polling.watched_house import T0, House

DAY_S = 86_400
RULES = {
    "cold": [{"kind": "threshold", "sensor": "temp_hot_water", "comparison": "below", "value": 40, "hysteresis": 2}],
    "far below": [
        {
            "kind": "threshold",
            "sensor": "temp_hot_water",
            "comparison": "below",
            "value": -8,
            "against": "temp_hot_water_target",
        }
    ],
    "mode and flow": [
        {"kind": "state", "sensor": "operating_mode", "comparison": "is", "words": ["heating"]},
        {"kind": "threshold", "sensor": "temp_flow", "comparison": "above", "value": 35},
    ],
    "falls": [{"kind": "rate", "sensor": "temp_flow", "comparison": "falls", "value": 6, "window_s": 1200}],
    "starts": [{"kind": "counter", "sensor": "compressor_on", "value": 4, "window_s": 7200}],
    "fault": [{"kind": "error"}],
}


def live_through(house: House, polls: int) -> None:  # noqa: F811
    """Readings with noise, nulls, settings now and then, and a gap."""
    draw = random.Random(4)
    for number in range(polls):
        values = {
            "temp_hot_water": draw.choice([None, 36.0, 39.5, 41.0, 43.0]),
            "temp_flow": round(30 + draw.random() * 10, 1),
            "compressor_on": draw.choice([0, 1, 1]),
            "operating_mode": draw.choice(["heating", "heating", "off"]),
            "failure_heat_pump": "fault" if number % 97 == 50 else "ok",
            "error_code": 7,
        }
        if number % 10 == 0:
            values["temp_hot_water_target"] = draw.choice([None, 45.0, 50.0])
        house.read(4000 if number == polls // 2 else 120, **values)


@pytest.mark.parametrize("for_s", [0, 240])
def test_the_past_says_what_the_present_said(house: House, for_s: int) -> None:  # noqa: F811
    for name, conditions in RULES.items():
        alerts.add(house.system, {"name": name, "conditions": conditions, "for_s": for_s})
    house.now -= DAY_S
    live_through(house, 600)
    Upkeep(house.system.database, house.system.upkeep.zone, lambda: house.now).run(gently=False)
    for alert in alerts.all_of_them(house.system):
        if alert.name not in RULES:
            continue
        # what came back within the hour is one event: count its openings
        seen = house.events(alert.name)
        (tested,) = backtest.run(house.system, alert)
        assert len(tested.episodes) == sum(event.openings for event in seen), alert.name
        assert for_s or len(tested.episodes) > 1, alert.name
        firsts = {event.opened_at for event in seen}
        assert firsts <= {episode.opened_at for episode in tested.episodes}


def test_an_outage_and_a_silence_are_found_without_readings(house: House) -> None:  # noqa: F811
    house.rule(Condition("offline"), name="lost", for_s=600)
    house.rule(Condition("no_data", "temp_flow", window_s=1800), name="silent")
    house.now -= DAY_S
    for _ in range(20):
        house.read(temp_flow=30.0)
    house.lose()
    lost_at = house.now
    house.read(3600, temp_flow=None)
    for _ in range(60):
        house.read(temp_flow=None)
    by_name = {alert.name: backtest.run(house.system, alert)[0] for alert in alerts.all_of_them(house.system)}
    (lost,) = by_name["lost"].episodes
    assert (lost.since, lost.closed_at) == (lost_at, lost_at + 3600)
    assert 600 <= lost.opened_at - lost_at <= 660
    assert len(by_name["silent"].episodes) == 1


def test_what_a_heat_pump_lacks_and_a_past_that_nobody_knows_are_said(house: House) -> None:  # noqa: F811
    rule = {"name": "x", "conditions": [{"kind": "anomaly"}]}
    (tested,) = alerts.try_out(house.system, rule)[1]
    assert (tested.episodes, tested.since) == ((), None)
    other = {
        "name": "L",
        "manufacturer": "luxtronik",
        "model": "luxtronik_2_1",
        "connection_config": {"host": "127.0.0.1"},
    }
    from app.services import heatpumps

    heatpumps.add(house.system, other)
    sent = {
        "name": "x",
        "conditions": [{"kind": "state", "sensor": "failure_heat_pump", "comparison": "is", "words": ["fault"]}],
    }
    assert [each.lacking for each in alerts.try_out(house.system, sent)[1]] == [(), ("failure_heat_pump",)]
    assert not alert_events.log(house.db, limit=1)


def test_it_looks_back_ninety_days_and_no_further(house: House) -> None:  # noqa: F811
    house.now = T0 - 91 * DAY_S
    house.read(temp_flow=50.0)
    house.read(temp_flow=20.0)
    house.now = T0 - 89 * DAY_S
    house.read(temp_flow=50.0)
    house.now = T0
    sent = {
        "name": "x",
        "conditions": [{"kind": "threshold", "sensor": "temp_flow", "comparison": "above", "value": 40}],
    }
    (tested,) = alerts.try_out(house.system, sent)[1]
    assert [episode.opened_at for episode in tested.episodes] == [T0 - 89 * DAY_S + 60]
