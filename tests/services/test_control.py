"""A value is written only when it may be, and what became of it is told truly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.messages import NotFound, Unavailable
from app.services import control, heatpumps
from app.services.outcome import Reason
from app.store import write_rules
from app.store.write_rules import EVERYWHERE
from tests.disk import full_disk
from tests.servers import Request, exception, hang_up, properly, silence
from tests.services.controlled import BERTA, MODEL, House, controlled

TARGET = "temp_hot_water_target"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with controlled(tmp_path) as made:
        yield made


def is_write(request: Request) -> bool:
    return bool(request.words)


def test_a_value_is_written_and_read_back(house: House) -> None:
    outcome = house.set(TARGET, 25)
    assert (outcome.kind, outcome.old, outcome.requested, outcome.read_back) == ("confirmed", 20, 25, 25)
    assert outcome.done
    assert house.writes() == [(1, (25,))]
    assert house.system.latest.of(house.pump.id)[TARGET].value == 25


def test_a_write_takes_three_requests(house: House) -> None:
    house.set(TARGET, 25)
    assert [request.function for request in house.server.requests] == [3, 16, 3]


def test_an_equal_value_is_not_written_again(house: House) -> None:
    outcome = house.set(TARGET, 20.0)
    assert outcome.kind == "skipped"
    assert outcome.done
    assert house.writes() == []


@pytest.mark.parametrize(("value", "words"), [("standby", (0,)), (0, (0,))])
def test_a_state_is_written_by_its_word_or_its_code(house: House, value: object, words: tuple[int, ...]) -> None:
    outcome = house.set("system_mode", value)
    assert (outcome.kind, outcome.requested, outcome.read_back) == ("confirmed", "standby", "standby")
    assert house.writes() == [(2, words)]


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, -math.inf, 10**400, -(10**400), True, False, "25", "warm", "", None, [25], {"value": 25}],
)
def test_what_is_no_number_never_reaches_the_wire(house: House, value: object) -> None:
    outcome = house.set(TARGET, value)
    assert (outcome.kind, outcome.reason) == ("denied", Reason.VALUE)
    assert "is not a number" in str(outcome.said)
    assert house.server.connections == 0


@pytest.mark.parametrize(
    ("sensor", "value", "reason", "told"),
    [
        (TARGET, 99, Reason.VALUE, "above the maximum 30"),
        (TARGET, -1, Reason.VALUE, "below the minimum 0"),
        (TARGET, 20.5, Reason.VALUE, "not a multiple of 1"),
        ("system_mode", "away", Reason.VALUE, "not one of standby, automatic"),
        ("system_mode", 2, Reason.VALUE, "not one of standby, automatic"),
        ("system_mode", "1", Reason.VALUE, "not one of standby, automatic"),
        ("system_mode", True, Reason.VALUE, "not one of standby, automatic"),
        ("temp_outside", 20, Reason.READ_ONLY, "can only be read"),
        ("no_such_sensor", 20, Reason.UNKNOWN, "has no sensor"),
        ("temp_room_target_circuit_b", 20, Reason.UNKNOWN, "has no sensor"),
        ("x" * 5000, 20, Reason.UNKNOWN, "has no sensor"),
        ("heating_curve", 1, Reason.ONE_SOURCE, "only one source"),
    ],
)
def test_what_the_catalogue_forbids_never_reaches_the_wire(
    house: House, sensor: str, value: object, reason: Reason, told: str
) -> None:
    outcome = house.set(sensor, value)
    assert (outcome.kind, outcome.reason) == ("denied", reason)
    assert told in str(outcome.said)
    assert house.server.connections == 0
    assert [(entry.outcome, entry.reached) for entry in house.audit()] == [("denied", False)]


def test_an_unconfirmed_register_is_written_once_the_owner_allows_it(house: House) -> None:
    with house.system.database.transaction() as db:
        write_rules.permit(db, house.pump.id, "heating_curve", 0, "berta")
    assert house.set("heating_curve", 1.5).kind == "confirmed"


def test_an_unknown_heat_pump_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        control.set_value(house.system, BERTA, "hp-999", TARGET, 25)


def test_a_disabled_heat_pump_is_not_written_to(house: House) -> None:
    heatpumps.change(house.system, house.pump.id, {"enabled": False})
    outcome = house.set(TARGET, 25)
    assert (outcome.kind, outcome.reason) == ("denied", Reason.DISABLED)
    assert house.server.connections == 0


@pytest.mark.parametrize("scope", [EVERYWHERE, "hp-001"])
def test_nothing_is_written_while_writing_is_stopped(house: House, scope: str) -> None:
    with house.system.database.transaction() as db:
        write_rules.stop(db, scope, 0, "anna")
    outcome = house.set(TARGET, 25)
    assert (outcome.kind, outcome.reason) == ("denied", Reason.STOPPED)
    assert "anna" in str(outcome.said)
    assert house.server.connections == 0


def test_a_stop_elsewhere_does_not_matter(house: House) -> None:
    with house.system.database.transaction() as db:
        write_rules.stop(db, "hp-002", 0, "anna")
    assert house.set(TARGET, 25).kind == "confirmed"


@pytest.mark.parametrize("code", [1, 2, 3, 4, 6])
def test_a_heat_pump_that_refuses_has_not_done_it(house: House, code: int) -> None:
    house.unmoved(1, exception(code))
    outcome = house.set(TARGET, 25)
    assert (outcome.kind, outcome.done) == ("failed", False)
    assert f"exception {code}" in str(outcome.said)
    assert house.audit()[-1].reached == (code not in {1, 2, 3})


def test_a_value_that_does_not_come_back_is_unconfirmed(house: House) -> None:
    house.unmoved(1, properly)
    outcome = house.set(TARGET, 25)
    assert (outcome.kind, outcome.done, outcome.read_back) == ("unconfirmed", False, 20)
    assert "still has 20" in str(outcome.said)
    assert house.audit()[-1].reached


def test_a_machine_that_takes_its_time_is_asked_again(house: House) -> None:
    old = house.server.holding[1]
    looks: list[int] = []

    def slow(request: Request, answer: bytes) -> list[bytes]:
        looks.append(request.at)
        if len(looks) == 2:  # the first look after the write: not yet
            return [answer[:-2] + bytes([0, old[0]])]
        return [answer]

    house.server.rules.append((lambda request: not request.words, slow))
    assert house.set(TARGET, 25).kind == "confirmed"
    assert len(looks) == 3


def test_a_write_without_an_answer_that_took_is_confirmed(house: House) -> None:
    house.server.rules.append((is_write, silence))
    assert house.set(TARGET, 25).kind == "confirmed"


def test_a_write_without_an_answer_that_did_not_take_has_failed(house: House) -> None:
    house.unmoved(1, silence)
    outcome = house.set(TARGET, 25)
    assert (outcome.kind, outcome.read_back) == ("failed", 20)
    assert house.audit()[-1].reached  # it may still have worn the cell


def test_a_machine_that_dies_during_the_write_leaves_doubt(house: House) -> None:
    def die(request: Request, answer: bytes) -> list[bytes]:
        house.server.rules.insert(0, (lambda each: True, hang_up))
        return []

    house.server.rules.append((is_write, die))
    outcome = house.set(TARGET, 25)
    assert (outcome.kind, outcome.done) == ("unconfirmed", False)
    assert "nobody knows" in str(outcome.said)


def test_a_heat_pump_that_cannot_be_asked_first_is_not_written_to(house: House) -> None:
    house.server.rules.append((lambda request: True, silence))
    outcome = house.set(TARGET, 25)
    assert outcome.kind == "failed"
    assert house.writes() == []
    assert not house.audit()[-1].reached


def test_a_register_that_the_machine_does_not_offer_is_not_written(house: House) -> None:
    house.poll()
    outcome = house.set("power_limit", 5)
    assert outcome.kind == "failed"
    assert "does not offer" in str(outcome.said)
    assert house.writes() == []


def test_a_register_that_cannot_be_read_is_never_called_confirmed(house: House) -> None:
    outcome = house.set("acknowledge", 1)
    assert (outcome.kind, outcome.done) == ("unconfirmed", False)
    assert house.writes() == [(9, (1,))]


@pytest.mark.parametrize(
    ("words", "kind"), [("ST30", "confirmed"), ("ST90", "denied"), ("\0\0\0\0", "denied")], ids=["fine", "bad", "mute"]
)
def test_a_machine_that_must_not_be_written_to_is_left_alone(tmp_path: Path, words: str, kind: str) -> None:
    text = MODEL.replace("driver: modbus_tcp", "write_refused_when: {firmware: '90$'}\ndriver: modbus_tcp").replace(
        "  system_mode:",
        "  firmware: {at: 30, type: text, length: 4, title: {de: Stand, en: Firmware}, category: state}\n"
        "  system_mode:",
    )
    with controlled(tmp_path, text) as house:
        house.server.holding[30] = tuple(map(ord, words))
        outcome = house.set(TARGET, 25)
        assert outcome.kind == kind
        assert outcome.reason == (Reason.MACHINE if kind == "denied" else None)
        assert bool(house.writes()) == (kind == "confirmed")


def test_a_dry_run_does_everything_but_the_write(house: House) -> None:
    outcome = house.set(TARGET, 25, dry_run=True)
    assert (outcome.kind, outcome.old, outcome.requested, outcome.done) == ("planned", 20, 25, False)
    assert house.set(TARGET, 20, dry_run=True).kind == "skipped"
    assert house.set(TARGET, 99, dry_run=True).kind == "denied"
    assert house.writes() == []
    assert house.audit() == []


def test_nothing_is_written_when_nothing_can_be_kept(house: House) -> None:
    log = Path(f"{house.system.database.path}-wal").stat().st_size
    with full_disk(log), pytest.raises(Unavailable, match="nothing is written"):
        house.set(TARGET, 25)
    assert house.writes() == []
