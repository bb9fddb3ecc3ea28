"""A value that lapses is kept in force; one that would go on for ever is ended; neither is forgotten."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services import control, heatpumps, write_permissions
from app.services.outcome import Reason
from app.store import holds, outages
from app.store.holds import Hold
from drivers.errors import Unreachable
from tests.servers import exception, hang_up, silence
from tests.services.controlled import BERTA, House, controlled
from tests.waiting import eventually

DEMAND, FED, ONCE = 4, 6, 8
"""Where the held registers lie."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with controlled(tmp_path) as made:
        yield made


def held(house: House) -> dict[str, Hold]:
    return holds.of(house.system.database.connection(), house.pump.id)


def there(house: House, at: int) -> float:
    low, high = house.server.holding[at]
    return round(struct.unpack(">f", struct.pack(">HH", high, low))[0], 3)


def sent_to(house: House, at: int) -> list[float]:
    floats = [words for place, words in house.writes() if place == at]
    return [round(struct.unpack(">f", struct.pack(">HH", high, low))[0], 3) for low, high in floats]


def tend(house: House) -> None:
    house.system.holding.tend(house.pump.id)


def test_a_value_that_lapses_is_written_again_in_time_and_changes_a_little(house: House) -> None:
    assert house.set("demand", 45).kind == "confirmed"
    for _ in range(4):
        house.later(299)
        tend(house)  # not due yet
        house.later(1)
        tend(house)
    assert sent_to(house, DEMAND) == [45, 45.1, 45, 45.1, 45]
    assert held(house)["demand"].value == 45
    assert [entry.intent.action for entry in house.audit()] == ["write"]  # refreshing is no news


def test_the_alternation_keeps_to_the_limits(house: House) -> None:
    house.set("demand", 60)
    house.later(300)
    tend(house)
    assert sent_to(house, DEMAND) == [60, 59.9]


def test_the_neutral_value_releases_it(house: House) -> None:
    house.set("demand", 45)
    outcome = house.set("demand", 0)
    assert outcome.kind == "confirmed"
    assert held(house) == {}
    house.later(600)
    tend(house)
    assert sent_to(house, DEMAND) == [45, 0]


def test_a_neutral_value_that_reads_as_nothing_is_confirmed(house: House) -> None:
    assert house.set("fed_temperature", 21.5).kind == "confirmed"
    outcome = house.set("fed_temperature", -1)
    assert (outcome.kind, outcome.read_back, outcome.requested) == ("confirmed", None, -1)
    assert held(house) == {}
    assert house.set("fed_temperature", -1).kind == "skipped"


def test_a_value_that_is_there_by_chance_is_still_taken_into_force(house: House) -> None:
    house.server.holding[DEMAND] = (0, 0x4234)  # 45.0
    assert house.set("demand", 45).kind == "confirmed"
    assert held(house)["demand"].value == 45
    assert house.set("demand", 45).kind == "skipped"


def test_a_held_value_ends_when_it_was_to_end(house: House) -> None:
    house.set("demand", 45, until=int(house.now) + 100)
    house.later(99)
    tend(house)
    assert there(house, DEMAND) == 45
    house.later(1)
    tend(house)
    assert there(house, DEMAND) == 0
    assert held(house) == {}
    entry = house.audit()[-1]
    assert (entry.intent.action, entry.intent.actor.kind, entry.outcome) == ("release", "program", "confirmed")


@pytest.mark.parametrize(("sensor", "value", "more_s"), [("demand", 45, 0), ("demand", 45, -5), ("system_mode", 0, 60)])
def test_an_end_that_cannot_be_is_denied(house: House, sensor: str, value: float, more_s: int) -> None:
    outcome = house.set(sensor, value, until=int(house.now) + more_s)
    assert (outcome.kind, outcome.reason) == ("denied", Reason.VALUE)
    assert house.writes() == []


def test_a_pulse_is_ended_after_its_time(house: House) -> None:
    house.set("charge_once", 1)
    house.later(59)
    tend(house)
    assert house.server.holding[ONCE] == (1,)
    house.later(1)
    tend(house)
    assert house.server.holding[ONCE] == (0,)
    assert held(house) == {}


def test_a_held_value_that_failed_is_not_held(house: House) -> None:
    house.server.rules.append((lambda request: bool(request.words), exception(3)))
    assert house.set("demand", 45).kind == "failed"
    assert held(house) == {}


def test_a_held_value_that_could_not_be_replaced_stays_in_force(house: House) -> None:
    house.set("demand", 45)
    house.server.rules.append((lambda request: bool(request.words), exception(3)))
    assert house.set("demand", 50).kind == "failed"
    assert held(house)["demand"].value == 45


def test_a_release_that_failed_is_tried_again(house: House) -> None:
    house.set("demand", 45)
    house.unmoved(DEMAND, exception(4))
    assert house.set("demand", 0).kind == "failed"
    tend(house)
    assert held(house)["demand"].releasing
    assert ("hp-001", "demand") in house.system.holding.troubles
    house.server.rules.clear()
    tend(house)
    assert there(house, DEMAND) == 45  # not at once
    house.later(31)
    tend(house)
    assert (there(house, DEMAND), held(house), house.system.holding.troubles) == (0, {}, {})


def test_a_refresh_that_fails_is_told_once_and_tried_again(house: House) -> None:
    house.set("demand", 45)
    house.server.rules.append((lambda request: True, silence))
    for _ in range(3):
        house.later(300)
        tend(house)
    assert [entry.outcome for entry in house.audit()] == ["confirmed", "failed"]
    house.server.rules.clear()
    house.later(61)  # the driver pauses after failures, by a clock of its own
    assert eventually(lambda: (house.later(31), tend(house), not house.system.holding.troubles)[2], 10)
    assert held(house)["demand"].written_at == int(house.now)


def test_a_lost_heat_pump_is_left_alone_and_its_value_taken_up_when_it_is_back(house: House) -> None:
    house.set("demand", 45)
    with house.system.database.transaction() as db:
        outages.begin(db, house.pump.id, int(house.now), Unreachable("gone"))
    house.later(3600)
    house.system.holding.tick()
    assert sent_to(house, DEMAND) == [45]
    assert held(house)["demand"].written_at is None
    house.server.holding[DEMAND] = (0, 0)  # its controller restarted
    with house.system.database.transaction() as db:
        outages.end(db, house.pump.id, int(house.now))
    tend(house)
    assert there(house, DEMAND) in (45, 45.1)
    assert [entry.intent.action for entry in house.audit()] == ["write", "hold"]


def test_before_the_program_stops_everything_is_set_to_neutral_and_then_taken_up_again(tmp_path: Path) -> None:
    with controlled(tmp_path) as house:
        house.set("demand", 45)
        house.set("fed_temperature", 21.5)
        house.set("charge_once", 1)
        assert house.system.holding.rest(2.0)
        assert (there(house, DEMAND), there(house, FED), house.server.holding[ONCE]) == (0, -1, (0,))
        assert {name: hold.written_at for name, hold in held(house).items()} == {
            "demand": None,
            "fed_temperature": None,
        }
        house.system.holding.begin()
        tend(house)
        assert (there(house, DEMAND), there(house, FED), house.server.holding[ONCE]) == (45.1, 21.5, (0,))


def test_after_a_kill_what_is_over_is_ended_and_the_rest_taken_up(house: House) -> None:
    house.set("demand", 45, until=int(house.now) + 1000)
    house.set("fed_temperature", 21.5, until=int(house.now) + 100)
    house.set("charge_once", 1)
    house.later(500)
    house.system.holding.begin()
    tend(house)
    assert (there(house, DEMAND), there(house, FED), house.server.holding[ONCE]) == (45.1, -1, (0,))
    assert set(held(house)) == {"demand"}


def test_a_pulse_that_a_kill_left_behind_is_ended_not_repeated(house: House) -> None:
    house.set("charge_once", 1)
    house.later(5)
    house.system.holding.begin()
    tend(house)
    assert house.server.holding[ONCE] == (0,)
    assert [words for at, words in house.writes() if at == ONCE] == [(1,), (0,)]


@pytest.mark.parametrize("heatpump_id", [None, "hp-001"])
def test_stopping_all_writes_sets_what_is_held_to_neutral_first(house: House, heatpump_id: str | None) -> None:
    house.set("demand", 45)
    write_permissions.stop(house.system, BERTA, heatpump_id)
    assert (there(house, DEMAND), held(house)) == (0, {})
    write_permissions.allow(house.system, BERTA, heatpump_id)
    house.later(700)
    tend(house)
    assert sent_to(house, DEMAND) == [45, 0]


def test_a_heat_pump_that_is_disabled_is_left_neutral(house: House) -> None:
    house.set("demand", 45)
    heatpumps.change(house.system, house.pump.id, {"enabled": False})
    assert (there(house, DEMAND), held(house)) == (0, {})


def test_a_heat_pump_that_is_removed_is_left_neutral(house: House) -> None:
    house.set("demand", 45)
    heatpumps.remove(house.system, house.pump.id)
    assert there(house, DEMAND) == 0


def test_a_held_value_survives_a_change_of_the_connection(house: House) -> None:
    house.set("demand", 45)
    heatpumps.change(house.system, house.pump.id, {"connection_config": {"timeout": 0.5}})
    house.later(300)
    tend(house)
    assert sent_to(house, DEMAND) == [45, 45.1]


def test_undoing_a_held_value_releases_it(house: House) -> None:
    outcome = house.set("fed_temperature", 21.5)
    assert control.undo(house.system, BERTA, outcome.entry_id or 0).kind == "confirmed"
    assert (there(house, FED), held(house)) == (-1, {})


def test_a_register_that_wears_is_not_refreshed_more_often_than_it_may_be_written(tmp_path: Path) -> None:
    from tests.services.controlled import MODEL

    text = MODEL.replace("{wear: volatile, refresh: 600,", "{wear: eeprom, refresh: 600,")
    with controlled(tmp_path, text) as house:
        outcome = house.set("demand", 45)
        assert (outcome.kind, outcome.reason) == ("denied", Reason.BUDGET)
        assert house.writes() == []


def test_the_running_program_ends_a_value_by_itself(tmp_path: Path) -> None:
    with controlled(tmp_path) as house:
        house.system.start()
        try:
            house.set("demand", 45, until=int(house.now) + 10)
            house.later(11)
            assert eventually(lambda: held(house) == {}, 20)
            assert there(house, DEMAND) == 0
        finally:
            house.system.stop(5)


def test_the_end_of_the_program_leaves_the_machine_neutral_also_during_a_poll(tmp_path: Path) -> None:
    with controlled(tmp_path) as house:
        house.set("demand", 45)
        house.system.start()
        house.system.stop(5)
        assert there(house, DEMAND) == 0


def test_a_machine_that_hangs_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with controlled(tmp_path) as house:
        house.set("demand", 45)
        house.server.rules.append((lambda request: bool(request.words), hang_up))
        assert house.system.holding.rest(2.0)
        assert held(house)["demand"].written_at is not None  # the next start deals with it
