"""What the program before this one kept is taken once, and what has no place here is named."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner

from app.commands import main
from app.config import BadConfig
from app.services import alerts, heatpumps, jobs
from app.services.legacy.names import Names
from app.services.legacy.report import Report
from app.store.idm_logger import NotReadable
from tests.services.legacy import ancestor
from tests.services.legacy.taken import a_job, everything, left, rewrite, take
from tests.store import earlier


def test_the_machine_becomes_a_heat_pump_with_zones_counted_from_1(system, old):
    take(system, old)
    pump = heatpumps.get(system, "hp-legacy")
    assert pump.name == "Wärmepumpe (Migriert)"
    assert dict(pump.connection) == {"host": "127.0.0.1", "port": 9, "unit_id": 1, "timeout": 5}
    assert dict(pump.settings) == {"circuits": ["A", "B"], "zones": ["1", "3"], "interval": 60}


def test_a_second_time_changes_nothing(system, old):
    first = take(system, old)
    before = everything(system)
    second = take(system, old)
    assert everything(system) == before
    assert first.count("taken") > 5
    assert second.count("taken") == 0
    assert left(second) == left(first)


def test_what_its_owner_changed_or_removed_here_is_not_taken_again(system, old):
    take(system, old)
    (job, *_) = jobs.all_of_them(system)
    jobs.remove(system, job.id)
    heatpumps.change(system, "hp-legacy", {"name": "Heizung"})
    take(system, old)
    assert len(jobs.all_of_them(system)) == 1
    assert heatpumps.get(system, "hp-legacy").name == "Heizung"
    heatpumps.remove(system, "hp-legacy")
    assert "was removed here" in left(take(system, old))["heat pump", "hp-legacy"]
    assert heatpumps.all_of_them(system) == []


def test_killed_in_the_middle_nothing_comes_twice_and_nothing_is_lost(system, old, monkeypatch):
    class Killed(BaseException):
        """As if by kill -9: nothing after it runs."""

    kept = alerts.add

    def add_and_end(*given):
        kept(*given)
        raise Killed

    monkeypatch.setattr(alerts, "add", add_and_end)
    with pytest.raises(Killed):
        take(system, old)
    monkeypatch.setattr(alerts, "add", kept)
    take(system, old)
    assert [each.name for each in alerts.all_of_them(system) if each.heatpump_id] == ["Zu kalt", "Störung"]


@pytest.mark.parametrize("state", ["in use", "broken off"])
def test_a_database_that_was_not_closed_is_read_whole_and_left_alone(system, old, state):
    with closing(sqlite3.connect(old / "idm_logger.db", isolation_level=None)) as db:
        if state == "in use":
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?)", a_job(value="51"))
        else:
            db.execute("PRAGMA cache_size = 1")
            db.execute("BEGIN")
            db.execute("DELETE FROM alerts")
            db.execute("UPDATE settings SET value = value || zeroblob(90000)")
        copy = shutil.copytree(old, old.with_name("copy"))
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    assert len(before) > 2
    report = take(system, copy)
    assert ("51" in str([job.content.value for job in jobs.all_of_them(system)])) is (state == "in use")
    assert any(each.what == "Zu kalt" and each.outcome == "taken" for each in report.found)
    assert {path.name: path.read_bytes() for path in copy.iterdir()} == before


def test_unknown_tables_settings_files_and_parts_are_named(system, tmp_path):
    idm = {"host": "127.0.0.1", "port": 9, "circuits": ["A", "Z"], "zones": [0, 11], "colour": "red"}
    old = ancestor.make(tmp_path / "old", idm=idm, logging={"interval": 60, "level": "INFO"})
    (old / "notes.txt").write_text("by hand")
    found = left(take(system, old))
    assert found["file", "notes.txt"] == "was not read"
    assert "'Z'" in found["setting", "idm.circuits"]
    assert "11" in found["setting", "idm.zones"]
    assert {("setting", "idm.colour"), ("setting", "logging.level")} <= found.keys()
    assert heatpumps.get(system, "hp-legacy").settings["zones"] == ["1"]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda old: (old / "idm_logger.db").unlink(), "has neither idm_logger.db nor"),
        (lambda old: (old / "idm_logger.db").write_bytes(b"nothing" * 999), "cannot be read"),
        (lambda old: (old / "idm_logger.db").write_bytes(b""), "has no table settings"),
        (lambda old: old.rename(old.with_name("elsewhere")), "is not there"),
        (lambda old: rewrite(old, "[" * 99_999), "is no JSON"),
        (lambda old: rewrite(old, "[1]"), "holds no named values; is it the older program's"),
    ],
)
def test_a_folder_that_is_none_of_the_older_program_is_refused(system, old, spoil, says):
    spoil(old)
    before = everything(system)
    with pytest.raises(NotReadable, match=says):
        take(system, old)
    assert everything(system) == before


def test_a_machine_without_an_address_is_refused_by_name(system, tmp_path):
    old = ancestor.make(tmp_path / "old", idm={"port": 502})
    with pytest.raises(BadConfig, match=r"idm_logger.db: idm: host: the address"):
        take(system, old)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config.json", '{"idm": {"host": "127.0.0.1", "port": 9, "circuits": ["A"], "zones": [0]}}'),
        ("config.yaml", "idm: {host: 127.0.0.1, port: 9, circuits: [A], zones: [0]}\n"),
    ],
)
def test_a_configuration_alone_is_enough(system, tmp_path, name, text):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / name).write_text(text)
    for path in (tmp_path / "old", tmp_path / "old" / name):
        take(system, path)
        assert heatpumps.get(system, "hp-legacy").settings["zones"] == ["1"]
    assert len(heatpumps.all_of_them(system)) == 1


def test_every_name_of_the_older_program_is_one_sensor(catalogue):
    model = catalogue.find("idm", "navigator_2_0")
    names = Names(model)
    assert names.sensor("temp_heat_storage").id == "temp_buffer"
    assert names.sensor("idm_heatpump_temp_target_zone_10_room_8").id == "temp_room_target_zone_10_room_8"
    assert names.sensor("temp_outside").id == "temp_outside"
    found = [names.sensor(sensor.formerly or sensor.id) for sensor in model.registers.values()]
    assert found == list(model.registers.values())


def test_a_name_from_the_database_cannot_steer_the_terminal():
    report = Report()
    report.left("rule", "\x1b[2J\u202ename\r", "is left")
    assert str(report.found[0]).isprintable()


def test_a_dry_run_leaves_an_older_database_and_the_settings_beside_it_alone(old, tmp_path):
    earlier.put(tmp_path / "v2", "2")
    (tmp_path / "fresh").mkdir()
    (tmp_path / "fresh" / "config.json").write_text(json.dumps({"idm": {"host": "127.0.0.1", "port": 9}}))
    for folder, says in (("v2", "must first be brought to version"), ("fresh", "hp-legacy Wärmepumpe (Migriert): was")):
        before = {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        assert says in run(old, "--dry-run", "--data", tmp_path / folder)
        assert {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()} == before


def run(*arguments):
    return CliRunner().invoke(main, ["migrate", *map(str, arguments)], catch_exceptions=False).output


def test_a_dry_run_says_the_same_and_changes_nothing(old, tmp_path):
    before = {path.name: path.read_bytes() for path in old.iterdir()}
    told = run(old, "--dry-run", "--data", tmp_path / "new")
    assert told.endswith("nothing was changed\n")
    assert not (tmp_path / "new").exists()
    taken = run(old, "--data", tmp_path / "new")
    assert [line for line in told.splitlines() if line[:4] in ("left", "take")] == [
        line for line in taken.splitlines() if line[:4] in ("left", "take")
    ]
    again = run(old, "--dry-run", "--data", tmp_path / "new")
    assert "0 would be taken" in again
    assert {path.name: path.read_bytes() for path in old.iterdir()} == before
