"""A setting that changes is noticed once, and told whether we did it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.messages import Invalid
from app.polling.settings_watch import SettingsWatch
from app.reading import Column, Reading
from app.services import settings_log
from app.store import heatpumps
from app.store import settings_log as kept
from app.store.database import Database
from app.store.heatpumps import HeatPump
from app.store.settings_log import Change
from tests.catalogue import named
from tests.services.controlled import House, controlled

TARGET = "temp_hot_water_target"
DEGREE_MINUTES_AT = 40


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with controlled(tmp_path) as made:
        yield made


def look(house: House, seconds: float = 700) -> None:
    """Read the settings once more, later."""
    house.later(seconds)
    assert house.poll()


def changes(house: House) -> list[tuple[str, object, object, str]]:
    """Oldest first."""
    found = settings_log.changes(house.system, house.pump, 100)[::-1]
    return [(change.sensor, change.old, change.new, change.cause) for change in found]


def test_what_was_never_seen_before_is_no_change(house: House) -> None:
    look(house)
    look(house)
    assert changes(house) == []
    assert settings_log.on(house.system, house.pump, "day", "")[TARGET] == 20


def test_a_change_at_the_unit_is_told_once(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "app")
    look(house)
    house.server.holding[1] = (28,)
    house.server.holding[2] = (2,)
    look(house)
    look(house)
    assert changes(house) == [(TARGET, 20, 28, "unit"), ("system_mode", "automatic", "away", "unit")]
    told = [record.getMessage() for record in caplog.records if "changed at the unit" in record.getMessage()]
    assert told[0] == "hp-001 (Gebäude A) was changed at the unit: temp_hot_water_target 20 → 28"
    assert len(told) == 2


def test_a_change_through_us_is_ours(house: House) -> None:
    look(house)
    house.later(10)
    outcome = house.set(TARGET, 25)
    look(house, 10)
    found = settings_log.changes(house.system, house.pump, 10)
    assert found == [Change(found[0].id, TARGET, int(house.now), 20, 25, "us", outcome.entry_id)]


def test_a_value_that_we_wrote_long_ago_and_somebody_sets_again_was_set_at_the_unit(house: House) -> None:
    look(house)
    house.set(TARGET, 25)
    look(house)
    for value in (28, 25):
        house.server.holding[1] = (value,)
        look(house)
    assert [cause for *_, cause in changes(house)] == ["us", "unit", "unit"]


def test_a_write_that_failed_explains_nothing(house: House) -> None:
    look(house)
    house.set(TARGET, 99)
    house.server.holding[1] = (28,)
    look(house)
    assert [cause for *_, cause in changes(house)] == ["unit"]


def test_a_setting_without_a_value_has_not_changed(house: House) -> None:
    look(house)
    kept = house.server.holding.pop(1)
    look(house)
    house.server.holding[1] = kept
    look(house, 4000)
    assert changes(house) == []


def test_what_is_held_is_no_setting(house: House) -> None:
    look(house)
    house.set("demand", 45)
    look(house)
    house.server.holding[8] = (1,)
    look(house)
    assert changes(house) == []


def test_what_a_machine_moves_by_itself_was_changed_by_nobody(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "app")
    for raw in (-600, -612, -655):
        house.server.holding[DEGREE_MINUTES_AT] = (raw & 0xFFFF,)
        look(house)
    assert changes(house) == []
    assert "changed at the unit" not in caplog.text
    assert "degree_minutes" not in settings_log.on(house.system, house.pump, "day", "")


def test_our_own_write_to_what_moves_by_itself_stays_in_the_log(house: House) -> None:
    house.server.holding[DEGREE_MINUTES_AT] = (0xFFFF,)
    look(house)
    for value, meanwhile in ((-60, -598), (-120, -1250)):
        house.later(10)
        assert house.set("degree_minutes", value).entry_id
        house.server.holding[DEGREE_MINUTES_AT] = (meanwhile & 0xFFFF,)
        look(house)
        look(house)
    assert changes(house) == [("degree_minutes", -0.1, -60, "us"), ("degree_minutes", -59.8, -120, "us")]
    assert "degree_minutes" not in settings_log.as_yaml(house.system, house.pump, "")


def test_the_comparison_goes_on_after_a_restart(tmp_path: Path) -> None:
    with controlled(tmp_path) as house:
        look(house)
        house.system.poller.remove(house.pump.id)
        house.server.holding[1] = (28,)
        house.system.follow_the_list()
        look(house)
        assert changes(house) == [(TARGET, 20, 28, "unit")]


def test_two_days_stand_beside_each_other(house: House) -> None:
    look(house)
    first_day = "2025-11-21"
    for day, value in enumerate((22, 24)):
        look(house, 86_400)
        house.server.holding[1] = (value,)
        look(house)
        assert changes(house)[-1][2] == (22, 24)[day]
    compare = settings_log.differences
    assert [(each.sensor, each.first, each.second) for each in compare(house.system, house.pump, first_day, "")] == [
        (TARGET, 20, 24)
    ]
    assert compare(house.system, house.pump, first_day, "2025-11-22")[0].second == 22
    assert compare(house.system, house.pump, first_day, first_day) == []
    with pytest.raises(Invalid):
        compare(house.system, house.pump, "2025-11-20", "")
    with pytest.raises(Invalid):
        compare(house.system, house.pump, "never", "")
    text = settings_log.as_yaml(house.system, house.pump, first_day)
    assert "temp_hot_water_target: 20\n" in text
    assert "system_mode: automatic\n" in text
    assert "name: Gebäude A\n" in text


def test_what_the_machine_counts_itself_is_no_setting_although_it_can_be_set(database: Database) -> None:
    model = named("nibe/s_series")
    with database.transaction() as db:
        heatpumps.put(db, HeatPump("hp-001", "Neubau", "nibe", "s_series", {}, {}, True, 0, 0))
    watch = SettingsWatch(model, database)
    columns = tuple(Column(each, "", "float32") for each in ("degree_minutes", "degree_minutes_start"))
    assert watch.compare(Reading("hp-001", 100, columns, (-58.0, -60))) == {}
    assert watch.compare(Reading("hp-001", 200, columns, (-61.5, -60))) == {}
    assert set(watch.compare(Reading("hp-001", 300, columns, (-63.0, -90)))) == {"degree_minutes_start"}
    assert set(kept.known(database.connection(), "hp-001")) == {"degree_minutes_start"}
