"""What watching leads to: messages with their events, in one transaction, said as often as somebody needs them."""

from __future__ import annotations

import pytest

from app.alert import Condition
from app.store import alert_events, maintenance, notifications
from app.store.maintenance import Maintenance
from tests.history import polls_kept
from tests.polling.watched_house import COLD, HOUR_S, T0, House


def test_messages_are_written_with_the_event_for_the_channels_that_want_them(house: House) -> None:
    told = []
    house.system.watch.tell = lambda: told.append(house.db.in_transaction)
    house.channel("critical")
    wanting = house.channel("warning")
    house.rule(COLD)
    house.read(temp_hot_water=30.0)
    house.read(temp_hot_water=50.0)
    (event,) = house.events()
    rows = notifications.of_event(house.db, event.id)
    assert [(row.channel_id, row.kind) for row in rows] == [(wanting.id, "opened"), (wanting.id, "recovered")]
    assert told == [False, False], "only after it was committed"


def test_a_transaction_that_fails_leaves_neither_event_nor_memory_of_it(house: House) -> None:
    house.rule(COLD)
    house.read(temp_hot_water=50.0)
    house.db.execute("CREATE TRIGGER refuse BEFORE INSERT ON alert_events BEGIN SELECT RAISE(ABORT, 'no'); END")
    kept = polls_kept(house.db, house.pump.id)
    with pytest.raises(Exception, match="no"):
        house.read(temp_hot_water=30.0)
    house.db.execute("DROP TRIGGER refuse")
    assert polls_kept(house.db, house.pump.id) == kept
    house.read(temp_hot_water=30.0)
    assert house.open()


def test_what_comes_and_goes_is_one_event_and_not_told_each_time(house: House) -> None:
    house.channel()
    house.rule(COLD)
    for _ in range(6):
        house.read(temp_hot_water=30.0)
        house.read(temp_hot_water=50.0)
    (event,) = house.events()
    assert event.openings == 6
    assert event.flapping
    assert house.messages() == ["opened", "recovered", "again", "recovered", "flapping"]
    house.wait(3599)
    assert len(house.messages()) == 5
    house.wait(1)
    assert house.messages()[5:] == ["recovered"]
    house.wait(100)
    house.read(temp_hot_water=30.0)
    assert len(house.events()) == 2
    assert house.messages()[6:] == ["opened"]


def test_it_is_repeated_until_somebody_acknowledges_it(house: House) -> None:
    house.channel()
    house.rule(COLD, repeat_s=HOUR_S)
    house.read(temp_hot_water=30.0)
    house.wait(HOUR_S - 1)
    assert house.messages() == ["opened"]
    house.wait(1)
    house.wait(HOUR_S)
    assert house.messages() == ["opened", "repeated", "repeated"]
    with house.system.database.transaction() as db:
        assert alert_events.acknowledge(db, house.events()[0].id, "berta", "on my way", house.now)
    house.wait(5 * HOUR_S)
    house.read(temp_hot_water=50.0)
    assert house.messages()[3:] == ["recovered"]


def test_a_snoozed_event_is_said_again_if_it_still_lasts(house: House) -> None:
    house.channel()
    house.rule(COLD, repeat_s=600)
    house.read(temp_hot_water=30.0)
    with house.system.database.transaction() as db:
        alert_events.be_quiet(db, house.events()[0].id, house.now + HOUR_S)
    house.wait(HOUR_S - 1)
    assert house.messages() == ["opened"]
    house.wait(1)
    assert house.messages() == ["opened", "repeated"]


def test_in_maintenance_events_are_kept_and_announced_only_if_they_outlast_it(house: House) -> None:
    house.channel()
    house.rule(COLD)
    house.rule(Condition("threshold", "temp_flow", "below", 10.0), name="cold flow")
    with house.system.database.transaction() as db:
        maintenance.add(db, Maintenance(0, house.pump.id, "chimney sweep", T0, T0 + 900), T0)
    house.read(temp_hot_water=30.0, temp_flow=5.0)
    house.read(temp_hot_water=30.0, temp_flow=20.0)
    assert house.messages() == []
    house.wait(900)
    assert house.messages() == ["opened"]
    assert not notifications.of_event(house.db, house.events("cold flow")[0].id)
