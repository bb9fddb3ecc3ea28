"""Rules are judged with every reading, in its transaction, and by the clock where no reading comes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.alert import Condition
from app.services import heatpumps
from app.store import alerts, notifications
from tests.polling.watched_house import COLD, HOUR_S, House


def test_a_threshold_opens_with_the_reading_and_closes_by_its_hysteresis(house: House) -> None:
    house.rule(COLD)
    house.read(temp_hot_water=40.0)
    assert not house.events()
    house.read(temp_hot_water=39.9)
    (event,) = house.events()
    assert (event.opened_at, event.since, event.closed_at) == (house.now, house.now, None)
    assert event.causes[0]["value"] == 39.9
    house.read(temp_hot_water=41.9)
    assert house.open()
    house.read(temp_hot_water=42.0)
    (event,) = house.events()
    assert (event.closed_at, event.ending, event.lasted_s(house.now)) == (house.now, "recovered", 120)


def test_what_does_not_last_opens_nothing(house: House) -> None:
    house.rule(COLD, for_s=600)
    for _ in range(10):
        house.read(temp_hot_water=30.0)
    house.read(temp_hot_water=45.0)
    for _ in range(10):
        house.read(temp_hot_water=30.0)
    assert not house.events()
    house.read(temp_hot_water=30.0)
    assert house.events()[0].since == house.now - 600


def test_an_absent_sensor_triggers_no_threshold_and_ends_none(house: House) -> None:
    house.rule(COLD)
    house.rule(Condition("threshold", "temp_hot_water", "above", -300.0), name="above anything")
    house.rule(Condition("threshold", "temp_flow", "below", 99.0), name="never asked for")
    house.read(temp_hot_water=None, temp_flow=None)
    assert not house.events() + house.events("above anything") + house.events("never asked for")
    house.read(temp_hot_water=20.0)
    house.read(temp_hot_water=None)
    assert house.open()


def test_unknown_time_does_not_count(house: House) -> None:
    house.rule(COLD, for_s=3600)
    house.read(temp_hot_water=30.0)
    house.read(5 * HOUR_S, temp_hot_water=30.0)
    assert not house.events()
    for _ in range(60):
        house.read(temp_hot_water=30.0)
    assert house.open()


def test_all_conditions_must_hold(house: House) -> None:
    house.rule(COLD, Condition("state", "operating_mode", "is", words=("heating", "off")))
    house.read(temp_hot_water=30.0, operating_mode="hot_water")
    assert not house.events()
    house.read(temp_hot_water=30.0, operating_mode="off")
    assert house.open()
    house.read(temp_hot_water=30.0, operating_mode="hot_water")
    assert not house.open()


def test_a_setting_that_is_read_seldom_holds_between_two_reads(house: House) -> None:
    house.rule(Condition("threshold", "temp_hot_water", "below", -10.0, against="temp_hot_water_target"))
    house.read(temp_hot_water=45.0, temp_hot_water_target=50.0)
    house.read(temp_hot_water=39.9)
    (event,) = house.events()
    assert (event.causes[0]["limit"], event.causes[0]["against"]) == (40.0, "temp_hot_water_target")
    house.read(2 * HOUR_S, temp_hot_water=60.0)
    assert house.open(), "nobody knows the target any more"


def test_a_rate_a_count_and_an_anomaly(house: House) -> None:
    house.rule(Condition("rate", "temp_flow", "falls", 5.0, window_s=600), name="falls")
    house.rule(Condition("counter", "compressor_on", value=2.0, window_s=86400), name="starts")
    house.rule(Condition("anomaly", value=1.0), name="strange")
    for minute in range(12):
        house.read(temp_flow=40.0 - minute * 0.4, compressor_on=minute % 2, anomaly_score=0.9)
        assert house.open("starts") == (minute >= 5)
    assert not house.open("falls")
    house.read(temp_flow=30.0, compressor_on=0, anomaly_score=1.1)
    assert house.open("falls")
    assert house.open("strange")


def test_the_windows_survive_a_new_start(house: House) -> None:
    house.rule(Condition("counter", "compressor_on", value=2.0, window_s=86400))
    for minute in range(5):
        house.read(compressor_on=minute % 2)
    house.begin_again()
    house.read(compressor_on=1)
    assert house.events()[0].causes[0]["value"] == 3


def test_what_was_open_or_about_to_open_survives_a_new_start(house: House) -> None:
    house.rule(COLD, for_s=300)
    for _ in range(4):
        house.read(temp_hot_water=30.0)
    house.begin_again()
    house.read(temp_hot_water=30.0)
    assert not house.events()
    house.read(temp_hot_water=30.0)
    (event,) = house.events()
    house.begin_again()
    house.read(temp_hot_water=41.0)
    assert house.open(), "the hysteresis holds it"
    house.read(temp_hot_water=30.0)
    assert [each.id for each in house.events()] == [event.id]


def test_a_lost_heat_pump_is_found_by_the_clock(house: House) -> None:
    house.read(temp_flow=30.0)
    house.lose()
    house.wait(599)
    assert not house.events("offline")
    house.wait(1)
    (event,) = house.events("offline")
    assert event.severity == "critical"
    assert event.since == house.now - 600
    house.read(temp_flow=30.0)
    assert not house.open("offline")


def test_an_outage_from_before_the_start_is_not_announced_unless_it_lasts(house: House) -> None:
    house.read(temp_flow=30.0)
    house.lose()
    house.begin_again()
    house.wait(9000)
    assert not house.events("offline")
    house.lose()
    assert house.open("offline")


@pytest.mark.parametrize("jump_s", [10 * 3600, -10 * 3600])
def test_a_clock_that_is_set_makes_no_alarm_and_delays_none(house: House, jump_s: int) -> None:
    house.rule(Condition("no_data", None, window_s=1800), name="nothing")
    house.rule(Condition("threshold", "temp_flow", "above", 50.0), for_s=600)
    house.read(temp_flow=55.0)
    house.lose()
    house.wait(300)
    house.now += jump_s
    house.system.clock_was_set(jump_s)
    house.wait(2)
    assert not house.events("offline")
    assert not house.events("nothing")
    assert not house.events()
    house.lose(30)
    assert not house.events("offline")
    house.lose(300)
    assert house.open("offline")
    house.wait(1801)
    assert house.open("nothing")


def test_a_message_does_not_wait_for_hours_that_come_twice(house: House) -> None:
    house.channel()
    house.rule(Condition("threshold", "temp_flow", "above", 50.0))
    house.read(temp_flow=55.0)
    house.now -= 36_000
    house.system.clock_was_set(-36_000)
    assert notifications.due(house.db, house.now)


def test_no_reading_at_all_and_a_sensor_that_fell_silent(house: House) -> None:
    house.rule(Condition("no_data", None, window_s=1800), name="nothing")
    house.rule(Condition("no_data", "temp_flow", window_s=1800), name="silent")
    house.read(temp_flow=30.0, temp_return=20.0)
    for _ in range(30):
        house.read(temp_flow=None, temp_return=20.0)
    assert not house.events("silent")
    house.read(temp_flow=None, temp_return=20.0)
    assert house.open("silent")
    house.wait(1800)
    assert not house.events("nothing")
    house.wait(1)
    assert house.open("nothing")


def test_time_in_which_the_program_did_not_run_is_no_silence(house: House) -> None:
    house.rule(Condition("no_data", None, window_s=1800))
    house.read(temp_flow=30.0)
    house.now += 9000
    house.begin_again()
    house.wait(10)
    assert not house.events()
    house.wait(1801)
    assert house.open()


def test_the_machines_own_fault_comes_with_its_code(house: House) -> None:
    house.read(failure_heat_pump="ok", error_code=0)
    assert not house.events("device_error")
    house.read(failure_heat_pump="fault", error_code=531)
    (event,) = house.events("device_error")
    assert event.causes == ({"kind": "error", "sensor": "failure_heat_pump", "codes": {"error_code": 531}},)


def test_a_machine_without_such_a_state_reports_by_a_new_entry_in_its_list(house: House) -> None:
    sent = {
        "name": "L",
        "manufacturer": "luxtronik",
        "model": "luxtronik_2_1",
        "connection_config": {"host": "127.0.0.1"},
    }
    house.pump = heatpumps.add(house.system, sent)
    house.read(last_error_at=1_700_000_000, last_error_code=715)
    house.read(last_error_at=1_700_000_000, last_error_code=715)
    assert not house.events("device_error")
    house.read(last_error_at=1_763_730_100, last_error_code=729)
    (event,) = house.events("device_error")
    assert event.causes[0]["codes"] == {"last_error_code": 729}


def test_a_changed_rule_finds_the_end_of_the_event_that_it_opened(house: House) -> None:
    alert = house.rule(COLD)
    house.read(temp_hot_water=30.0)
    with house.system.database.transaction() as db:
        alerts.change(db, replace(alert, conditions=(replace(COLD, value=20.0), COLD)), house.now)
    house.read(temp_hot_water=30.0)
    assert not house.open()


@pytest.mark.parametrize("how", ["rule off", "rule gone", "heat pump off"])
def test_what_nobody_watches_any_more_is_closed_without_a_word(house: House, how: str) -> None:
    house.channel()
    alert = house.rule(COLD)
    house.read(temp_hot_water=30.0)
    if how == "heat pump off":
        heatpumps.change(house.system, house.pump.id, {"enabled": False})
    else:
        with house.system.database.transaction() as db:
            if how == "rule gone":
                alerts.remove(db, alert.id)
            else:
                alerts.change(db, replace(alert, enabled=False), house.now)
    house.wait(5)
    (event,) = house.events()
    assert event.ending == "unwatched"
    assert house.messages() == ["opened"]


def test_a_rule_for_one_heat_pump_leaves_the_others_alone(house: House, idm: dict[str, Any]) -> None:
    house.rule(COLD, heatpump_id=house.pump.id)
    sent = idm | {"connection_config": {"host": "127.0.0.1", "port": 10}, "enabled": True}
    first, house.pump = house.pump, heatpumps.add(house.system, sent)
    house.read(temp_hot_water=30.0)
    assert not house.events()
    house.pump = first
    house.read(temp_hot_water=30.0)
    assert house.events()[0].heatpump_id == first.id
