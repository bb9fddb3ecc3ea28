"""The audit keeps who changed what, whatever happens to the program, the account or the heat pump."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.messages import Invalid, NotFound
from app.services import audits, control, heatpumps, write_permissions
from app.services.outcome import Reason
from app.store import audit
from tests.servers import silence
from tests.services.controlled import BERTA, House, controlled
from tests.waiting import eventually

TARGET = "temp_hot_water_target"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with controlled(tmp_path) as made:
        yield made


def test_an_entry_says_who_when_where_what_and_how_it_went(house: House) -> None:
    outcome = house.set(TARGET, 25)
    entry = audits.get(house.system, outcome.entry_id or 0)
    assert (entry.begun_at, entry.ended_at) == (house.now, house.now)
    intent = entry.intent
    assert (intent.actor, intent.action) == (BERTA, "write")
    assert (intent.heatpump_id, intent.heatpump, intent.sensor) == ("hp-001", "Gebäude A", TARGET)
    assert (intent.old, intent.requested, entry.read_back) == (20, 25, 25)
    assert (entry.outcome, entry.reached) == ("confirmed", True)
    assert str(entry.said) == "it was written and read back"


def test_an_entry_outlives_its_heat_pump_and_keeps_its_name(house: House) -> None:
    house.set(TARGET, 25)
    heatpumps.change(house.system, house.pump.id, {"name": "Later"})
    heatpumps.remove(house.system, house.pump.id)
    entry = house.audit()[0]
    assert (entry.intent.heatpump_id, entry.intent.heatpump) == ("hp-001", "Gebäude A")
    assert control.no_undo(house.system, entry) is not None


def test_what_cannot_be_a_value_is_kept_as_text(house: House) -> None:
    house.set(TARGET, float("nan"))
    house.set(TARGET, [1, 2])
    assert [entry.intent.requested for entry in house.audit()] == ["nan", "[1, 2]"]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 3),
        ({"heatpump_id": "hp-001", "sensor": "", "outcome": ""}, 3),
        ({"heatpump_id": "hp-002"}, 0),
        ({"sensor": TARGET}, 2),
        ({"outcome": "denied"}, 1),
        ({"actor": "berta"}, 3),
        ({"actor": "anna"}, 0),
        ({"from": "1763730180", "to": "1763730181"}, 2),
        ({"from": "1763730181"}, 1),
        ({"from": "2025-11-21", "to": "2025-11-21"}, 3),
    ],
)
def test_the_audit_can_be_filtered(house: House, asked: dict[str, str], count: int) -> None:
    house.set(TARGET, 25)
    house.set(TARGET, 99)
    house.later(1)
    house.set("system_mode", "standby")
    which = audits.wanted(asked, "Europe/Berlin")
    assert len(audits.newest(house.system, which, 10)) == count
    assert len(list(audits.csv_lines(house.system, which))) == count + 1


@pytest.mark.parametrize("asked", [{"outcome": "done"}, {"from": "yesterday"}, {"to": "2025-13-01"}])
def test_a_filter_that_cannot_be_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        audits.wanted(asked, "Europe/Berlin")


def test_the_pages_of_the_audit_follow_on_one_another(house: House) -> None:
    for value in ("standby", "automatic") * 3:
        house.set("system_mode", value)
    which = audits.wanted({}, "UTC")
    first = audits.newest(house.system, which, 4)
    rest = audits.newest(house.system, which, 4, before=first[-1].id)
    assert [entry.id for entry in first + rest] == [6, 5, 4, 3, 2, 1]


def test_the_csv_file_can_be_opened_by_a_spreadsheet(house: House) -> None:
    heatpumps.change(house.system, house.pump.id, {"name": "=1+1"})
    house.set(TARGET, 25)
    rows = list(csv.DictReader(io.StringIO("".join(audits.csv_lines(house.system, audits.wanted({}, "UTC"))))))
    assert rows[0]["heatpump"] == "'=1+1"
    assert (rows[0]["old"], rows[0]["requested"], rows[0]["outcome"]) == ("20", "25", "confirmed")
    assert rows[0]["begun"] == "2025-11-21T13:03:00Z"


def test_undo_writes_the_old_value_back_the_same_way(house: House) -> None:
    first = house.set(TARGET, 25)
    house.later(60)
    outcome = control.undo(house.system, BERTA, first.entry_id or 0)
    assert (outcome.kind, outcome.old, outcome.read_back) == ("confirmed", 25, 20)
    entry = house.audit()[-1]
    assert (entry.intent.action, entry.intent.undoes) == ("undo", first.entry_id)
    house.later(60)
    assert control.undo(house.system, BERTA, entry.id).read_back == 25


def test_undo_keeps_to_the_budget(house: House) -> None:
    first = house.set(TARGET, 25)
    assert control.undo(house.system, BERTA, first.entry_id or 0).reason == Reason.BUDGET


def test_what_changed_nothing_cannot_be_undone(house: House) -> None:
    house.set(TARGET, 20)
    house.set(TARGET, 99)
    for entry in house.audit():
        outcome = control.undo(house.system, BERTA, entry.id)
        assert (outcome.kind, outcome.reason) == ("denied", Reason.NO_UNDO)
    with pytest.raises(NotFound):
        control.undo(house.system, BERTA, 999)


def test_what_was_there_before_must_be_known(house: House) -> None:
    outcome = house.set("acknowledge", 1)
    assert control.undo(house.system, BERTA, outcome.entry_id or 0).reason == Reason.NO_UNDO


def test_stopping_and_allowing_all_writes_is_kept_too(house: House) -> None:
    write_permissions.stop(house.system, BERTA)
    write_permissions.stop(house.system, BERTA)
    write_permissions.stop(house.system, BERTA, house.pump.id)
    assert house.set(TARGET, 25).reason == Reason.STOPPED
    write_permissions.allow(house.system, BERTA)
    assert house.set(TARGET, 25).reason == Reason.STOPPED
    write_permissions.allow(house.system, BERTA, house.pump.id)
    assert house.set(TARGET, 25).kind == "confirmed"
    entries = [(entry.intent.action, entry.intent.heatpump_id) for entry in house.audit()]
    stops = [("stop", None), ("stop", "hp-001"), ("allow", None), ("allow", "hp-001")]
    assert [each for each in entries if each[0] != "write"] == stops


def test_allowing_an_unconfirmed_register_is_kept_and_ends(house: House) -> None:
    write_permissions.permit(house.system, BERTA, house.pump.id, "heating_curve", True)
    assert house.set("heating_curve", 1.5).kind == "confirmed"
    write_permissions.permit(house.system, BERTA, house.pump.id, "heating_curve", False)
    assert house.set("heating_curve", 2.5).reason == Reason.ONE_SOURCE
    with pytest.raises(Invalid):
        write_permissions.permit(house.system, BERTA, house.pump.id, "temp_outside", True)


KILLED = """
import sys
from pathlib import Path
from app.config import Config
from app.services import control, heatpumps
from app.store.audit import Actor
from app.system import assemble
from drivers.catalogue import Catalogue
system = assemble(Config(Path(sys.argv[1])))
system.catalogue = Catalogue(Path(sys.argv[1]) / "models")
system.follow_the_list()
control.set_value(system, Actor("user", "berta"), "hp-001", "temp_hot_water_target", 25)
"""


def test_a_program_killed_between_wire_and_audit_does_not_forget_the_write(tmp_path: Path) -> None:
    with controlled(tmp_path) as house:
        house.server.rules.append((lambda request: bool(request.words), silence))
        killed = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], env={**os.environ, "PYTHONPATH": "."})
        assert eventually(lambda: bool(house.writes()), 20)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        entry = house.audit()[0]
        assert (entry.outcome, entry.intent.requested, entry.reached) == (None, 25, True)

        house.system.start()
        try:
            entry = house.audit()[0]
            assert entry.outcome == "unconfirmed"
            assert str(entry.said) == "the program ended before the outcome was known"
        finally:
            house.system.stop(5)


def test_the_facts_of_a_sentence_survive_the_audit(house: House) -> None:
    house.unmoved(1, silence)
    outcome = house.set(TARGET, 25)
    assert outcome.kind == "failed"
    with house.system.database.transaction() as db:
        kept_entry = audit.find(db, outcome.entry_id or 0)
    assert kept_entry is not None
    assert kept_entry.said == outcome.said
    json.dumps(str(kept_entry.said))
