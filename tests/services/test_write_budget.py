"""A register that wears is written so often and no more, and its owner sees what is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Config
from app.messages import Message
from app.services import control, write_budget
from app.services.outcome import Reason
from app.services.write_budget import Budget
from app.store import audit
from app.store.audit import Actor, Intent
from tests.servers import Request, exception, silence
from tests.services.controlled import House, controlled

TARGET = "temp_hot_water_target"
DAY = 86_400


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with controlled(tmp_path, writes_per_day=3, writes_per_year=5) as made:
        yield made


def budget(house: House) -> Budget:
    model = house.system.catalogue.find("acme", "one")
    assert model is not None
    db, now = house.system.database.connection(), int(house.now)
    return write_budget.of(db, house.system.config, house.pump.id, model, model.every_sensor[TARGET], now)


def is_write(request: Request) -> bool:
    return bool(request.words)


def written_before(house: House, times: int, at: int, heatpump_id: str = "hp-001", sensor: str = TARGET) -> None:
    intent = Intent(Actor("user", "berta"), "write", heatpump_id, "", sensor)
    with house.system.database.transaction() as db:
        for _ in range(times):
            audit.note(db, intent, at, "confirmed", Message("it was written and read back"), reached=True)


def test_a_minute_lies_between_two_writes_of_a_register(house: House) -> None:
    assert house.set(TARGET, 21).kind == "confirmed"
    house.later(59)
    outcome = house.set(TARGET, 22)
    assert (outcome.kind, outcome.reason) == ("denied", Reason.BUDGET)
    assert "try again in 1 s" in str(outcome.said)
    assert house.set("temp_room_target_circuit_a", 22).kind == "confirmed"
    house.later(1)
    assert house.set(TARGET, 22).kind == "confirmed"


def test_what_does_not_wear_has_no_budget(house: House) -> None:
    for value in ["standby", "automatic"] * 10:
        assert house.set("system_mode", value).kind == "confirmed"


def test_the_day_has_an_allowance(house: House) -> None:
    for value in (21, 22, 23):
        assert house.set(TARGET, value).kind == "confirmed"
        house.later(100)
    outcome = house.set(TARGET, 24)
    assert (outcome.kind, outcome.reason) == ("denied", Reason.BUDGET)
    assert len(house.writes()) == 3
    assert house.set(TARGET, 23).kind == "skipped"  # asking costs nothing
    house.later(DAY - 300)
    assert house.set(TARGET, 24).kind == "confirmed"


def test_the_year_has_an_allowance(house: House) -> None:
    written_before(house, 4, int(house.now) - 300 * DAY)
    assert house.set(TARGET, 21).kind == "confirmed"
    house.later(2 * DAY)
    outcome = house.set(TARGET, 22)
    assert (outcome.kind, outcome.reason) == ("denied", Reason.BUDGET)
    assert "in a year" in str(outcome.said)
    house.later(64 * DAY)
    assert house.set(TARGET, 22).kind == "confirmed"


def test_an_attempt_that_may_have_reached_the_cell_counts(house: House) -> None:
    house.unmoved(1, exception(4))
    assert house.set(TARGET, 21).kind == "failed"
    house.server.rules[:] = [(is_write, silence)]
    house.later(60)
    house.set(TARGET, 22)
    assert budget(house).day == 2


def test_an_attempt_that_cannot_have_reached_it_does_not_count(house: House) -> None:
    house.server.rules.append((is_write, exception(3)))
    house.set(TARGET, 21)
    house.set(TARGET, 99)
    house.set(TARGET, 20)
    house.set(TARGET, 22, dry_run=True)
    assert budget(house).day == 0


def test_the_writes_of_other_registers_and_heat_pumps_do_not_count(house: House) -> None:
    written_before(house, 3, int(house.now) - 100, heatpump_id="hp-002")
    written_before(house, 3, int(house.now) - 100, sensor="temp_room_target_circuit_a")
    assert budget(house).day == 0


def test_what_is_left_is_shown_with_when_it_is_free_again(house: House) -> None:
    assert budget(house) == Budget(0, 3, 0, 5, None, None, 300_000, None)
    start = int(house.now)
    for value in (21, 22, 23):
        house.set(TARGET, value)
        house.later(100)
    found = budget(house)
    assert (found.day, found.left_today, found.year) == (3, 0, 3)
    assert found.free_at == start + DAY


def test_the_projection_spreads_writes_over_a_month_at_least(house: House) -> None:
    written_before(house, 3, int(house.now) - 10)
    assert budget(house).lasts_years == pytest.approx(300_000 / (3 * 365 / 30))


@pytest.mark.parametrize(
    ("times", "told"),
    [
        ([], None),
        ([0, 60, 86_400], None),
        ([0, 59], "again within 60 s"),
        ([100, 0, 41], "again within 60 s"),
        ([0, 1000, 2000], None),
        ([0, 1000, 2000, 3000], "4 times in 24 hours; 3 are allowed"),
        ([0, 1000, 2000, DAY], None),
        ([0, 1000, 2000, DAY - 1], "4 times in 24 hours"),
        ([day * DAY for day in range(5)], None),
        ([day * DAY for day in range(6)], "6 times in a year; 5 are allowed"),
    ],
)
def test_a_schedule_that_would_break_the_budget_is_told(house: House, times: list[int], told: str | None) -> None:
    complaint = control.schedule_complaint(house.system, house.pump.id, TARGET, times)
    assert (complaint is None) == (told is None)
    assert told is None or told in str(complaint)
    assert control.schedule_complaint(house.system, house.pump.id, "system_mode", times) is None


def test_the_usual_allowance_lets_a_cell_of_300000_writes_live_for_75_years() -> None:
    config = Config(Path())
    assert config.writes_per_year * 75 == 300_000
    assert config.writes_per_day == 24
