"""A database of any earlier version becomes one of today with everything in it, whatever happens meanwhile."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

import pytest

from app import create_app
from app.config import Config
from app.messages import Conflict
from app.services import heatpumps
from app.store import archive, migrations, readings, restoring, shape, upgrading
from app.store.database import SCHEMA_FILE, SCHEMA_VERSION, Database, DatabaseUnusable
from app.store.migrations import Step
from app.system import assemble
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.catalogue import named
from tests.disk import full_disk
from tests.store import earlier
from tests.store.earlier import BEGIN, KEPT
from tests.store.history import FULL, polls
from tests.waiting import eventually
from tests.web.people import Visitor

NOW = 1_763_730_180
RUN = [sys.executable, str(Path(__file__).parents[2] / "run.py")]
SCHEMA = SCHEMA_FILE.read_text(encoding="utf-8")


def columns_and_keys(db):
    """What SQLite itself says about every table, whatever order its columns have."""
    found = {}
    for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
        indices = [
            (unique, origin, partial, [row[2] for row in db.execute(f"PRAGMA index_info({name})")])
            for _, name, unique, origin, partial in db.execute(f"PRAGMA index_list({table})")
        ]
        columns = sorted(tuple(row[1:]) for row in db.execute(f"PRAGMA table_xinfo({table})"))
        references = sorted(tuple(row[2:]) for row in db.execute(f"PRAGMA foreign_key_list({table})"))
        found[table] = (columns, references, sorted(indices))
    return found


def lacking(wanted, found):
    """The statements of schema.sql whose outcome is not there: what has to be added to the last step."""
    wrong = {name for name in wanted if wanted[name] != found.get(name)}
    made = re.compile(r"^CREATE (?:UNIQUE )?\w+ (\w+)", re.MULTILINE)
    return "".join(text for text in shape.statements(SCHEMA) if {*made.findall(text)} & wrong)


def version_of(path):
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert db.execute("PRAGMA foreign_key_check").fetchone() is None
        return db.execute("PRAGMA user_version").fetchone()[0]


@pytest.mark.parametrize("name", KEPT)
def test_an_earlier_schema_and_the_steps_make_the_schema_of_today(tmp_path, name):
    """It fails while schema.sql has something that the last step does not make, and shows what to add there."""
    wanted = shape.shape_of_script(SCHEMA)
    with closing(sqlite3.connect(earlier.put(tmp_path, name))) as db:
        version = upgrading.version_of(db)
        for step in migrations.steps():
            if step.version > version:
                db.executescript(step.sql)
        found = shape.shape_of(db)
        assert lacking(wanted, found) == ""
        assert found == wanted
        with closing(sqlite3.connect(":memory:")) as fresh:
            fresh.executescript(SCHEMA)
            assert columns_and_keys(db) == columns_and_keys(fresh)


def test_the_steps_are_numbered_without_a_gap_up_to_the_version_of_today():
    steps = migrations.steps()
    assert [step.version for step in steps] == list(range(2, SCHEMA_VERSION + 1))
    assert all(step.sql.startswith("-- ") for step in steps), "the first line says why"


@pytest.mark.parametrize("name", KEPT)
def test_no_row_is_lost_and_the_history_reads_as_it_was_written(tmp_path, name):
    path = earlier.put(tmp_path, name)
    before = earlier.rows(path)
    upgraded = upgrading.upgrade(tmp_path, NOW)
    assert upgraded is not None
    assert version_of(path) == SCHEMA_VERSION
    after = earlier.rows(path)
    anew = {"heatpumps", *(("blocks", "chunks") if name == "1-first" else ())}
    assert {table: after[table] for table in before.keys() - anew} == {
        table: before[table] for table in before.keys() - anew
    }
    assert [(row[0], row[1]) for row in after["heatpumps"]] == [(row[0], row[1]) for row in before["heatpumps"]]
    database = Database(path)
    written = polls(7, BEGIN, BEGIN + 50 * 3600, 600)
    complaints = []
    for place, column in enumerate(FULL):
        expected = [(each.at, [each.values[place]]) for each in written if place < len(each.values)]
        kept = readings.samples(database.connection(), "hp-001", [column.sensor], 0, NOW, complaints.append)
        assert list(kept) == expected
    assert complaints == []
    database.close()


@pytest.mark.parametrize("name", KEPT)
def test_the_product_runs_on_what_an_earlier_version_left(tmp_path, name):
    earlier.put(tmp_path, name)
    model = named("idm/navigator_2_0")
    simulator = ModbusSimulator(model, {"circuits": ["A"]}, Plant(1, start=NOW), pinned={"temp_outside": -7.5})
    simulator.start()
    system = assemble(Config(tmp_path, interval=1))
    try:
        connection = {"port": simulator.port, "timeout": 0.5}
        heatpumps.change(system, "hp-001", {"connection_config": connection, "enabled": True})
        system.start()
        eventually(lambda: system.latest.of("hp-001")["temp_outside"].value == -7.5)
        system.look_after_the_past()
        app = create_app(system, "a secret of this test")
        visitor = Visitor(app)
        visitor.sign_in("anna", "correct horse battery staple")
        assert "Haus" in visitor.get("/heatpumps/hp-001").text
        query = f"sensors=temp_flow&from={BEGIN}&to={BEGIN + 86400}"
        course = visitor.get(f"/api/heatpumps/hp-001/series?{query}")
        assert course.status_code == 200, course.text
        days = system.database.connection().execute("SELECT count(*) FROM days").fetchone()[0]
        assert days >= 2, "the figures of past days are computed anew"
    finally:
        assert system.stop(5)
        simulator.stop()


def test_entries_of_version_1_for_one_luxtronik_are_all_kept_and_can_be_changed(tmp_path):
    """It gave a Luxtronik a unit id, which it does not have: entries that only differ in it are one machine."""
    earlier.put(tmp_path, "1")
    system = assemble(Config(tmp_path), lambda: NOW)
    first, second = heatpumps.get(system, "hp-002"), heatpumps.get(system, "hp-003")
    assert dict(first.connection) == {"host": "Lux.fritz.box", "port": 8889, "timeout": 10}
    assert dict(second.connection) == {"host": "lux.fritz.box", "port": 8889, "timeout": 10, "entry": "hp-003"}
    assert second.address == "lux.fritz.box:8889"
    assert heatpumps.change(system, "hp-003", {"name": "Nebenhaus"}).name == "Nebenhaus"
    assert heatpumps.complaints(system, heatpumps.sent_again(heatpumps.get(system, "hp-003")), "hp-003") == []
    with pytest.raises(Conflict, match=r"belongs to hp-002"):
        heatpumps.add(system, heatpumps.sent_again(second))
    moved = heatpumps.change(system, "hp-003", {"connection_config": {"host": "other.fritz.box"}})
    assert "entry" not in moved.connection
    system.database.close()


def test_entries_without_a_unit_id_do_not_stop_the_step(tmp_path):
    """Version 1 compared nothing when one was missing."""
    path = earlier.put(tmp_path, "1")
    with closing(sqlite3.connect(path)) as db, db:
        place = json.dumps({"host": "a", "port": 1})
        db.execute("UPDATE heatpumps SET manufacturer = 'idm', connection_config = ?", (place,))
    upgrading.upgrade(tmp_path, NOW)
    with closing(sqlite3.connect(path)) as db:
        kept = [json.loads(each) for (each,) in db.execute("SELECT connection_config FROM heatpumps ORDER BY id")]
    assert [each.get("entry") for each in kept] == [None, "hp-002", "hp-003"]


@pytest.mark.parametrize(("name", "version"), [("1", 1), ("2", 2)])
def test_the_database_of_before_is_backed_up_and_can_be_restored(tmp_path, name, version):
    path = earlier.put(tmp_path / "house", name)
    before = earlier.rows(path)
    upgraded = upgrading.upgrade(tmp_path / "house", NOW)
    assert (upgraded.version, upgraded.backup.name) == (version, f"monitor.db.version-{version}.zip")
    archive.unpack(upgraded.backup, archive.note_of(upgraded.backup), tmp_path)
    assert earlier.rows(tmp_path / "monitor.db") == before
    assert upgrading.upgrade(tmp_path / "house", NOW) is None, "once is enough"


@pytest.mark.parametrize("name", KEPT)
def test_an_old_backup_is_restored_as_a_database_of_today(tmp_path, name):
    earlier.put(tmp_path / "old", name)
    before = earlier.rows(tmp_path / "old" / "monitor.db")
    archive.write(tmp_path / "old", tmp_path / "old.zip", NOW)
    taken = subprocess.run(
        [*RUN, "restore", str(tmp_path / "old.zip"), "--data", str(tmp_path / "new")],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert f"and is of version {SCHEMA_VERSION} now" in taken.stdout
    assert version_of(tmp_path / "new" / "monitor.db") == SCHEMA_VERSION
    assert earlier.rows(tmp_path / "new" / "monitor.db")["polls"] == before["polls"]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["lock", "monitor.db"]


def test_a_newer_database_is_refused_and_left_alone(tmp_path):
    path = earlier.put(tmp_path, "2")
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = earlier.rows(path)
    assert upgrading.upgrade(tmp_path, NOW) is None
    with pytest.raises(DatabaseUnusable, match="written by a newer version"):
        Database(path)
    assert earlier.rows(path) == before


def _killed_in(place):
    """Each step's statements are followed, in one of them, by the end of the process."""

    def run(folder):
        steps = [
            Step(step.version, step.sql + ("SELECT the_end();\n" if step.version == place else ""), step.also)
            for step in migrations.steps()
        ]
        upgrading.upgrade(folder, NOW, steps=steps)

    return run


def _die(folder, place):
    real = sqlite3.connect

    def connect(*given, **more):
        connection = real(*given, **more)
        connection.create_function("the_end", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
        return connection

    sqlite3.connect = connect
    _killed_in(place)(folder)


@pytest.mark.parametrize(("place", "left"), [(2, 1), (3, 2)])
def test_killed_in_the_middle_of_a_step_it_goes_on_at_the_next_start(tmp_path, place, left):
    path = earlier.put(tmp_path, "1")
    before = earlier.rows(path)
    process = get_context("spawn").Process(target=_die, args=(tmp_path, place))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert version_of(path) == left
    if left == 1:
        assert earlier.rows(path) == before
    upgraded = upgrading.upgrade(tmp_path, NOW)
    assert upgraded.version == left
    assert version_of(path) == SCHEMA_VERSION
    backup = tmp_path / "monitor.db.version-1.zip"
    archive.unpack(backup, archive.note_of(backup), tmp_path)
    assert earlier.rows(tmp_path / "monitor.db") == before, "the backup of the version before all steps is still there"


def test_a_disk_without_room_for_the_backup_is_told_and_nothing_has_changed(tmp_path):
    path = earlier.put(tmp_path, "2")
    before = earlier.rows(path)
    with full_disk(60_000), pytest.raises(DatabaseUnusable, match=r"must be backed up.*MB of room; nothing was"):
        upgrading.upgrade(tmp_path, NOW)
    assert version_of(path) == 1
    assert earlier.rows(path) == before
    assert not list(tmp_path.glob("*.zip")) + list(tmp_path.glob(".*"))


def test_a_disk_that_is_full_in_the_middle_of_a_step_is_told_and_nothing_has_changed(tmp_path):
    path = earlier.put(tmp_path, "1")
    before = earlier.rows(path)
    much = "CREATE TABLE much (a); INSERT INTO much SELECT randomblob(3000000);"
    steps = [Step(2, migrations.steps()[0].sql + much), *migrations.steps()[1:]]
    with full_disk(2_000_000), pytest.raises(DatabaseUnusable, match="disk"):
        upgrading.upgrade(tmp_path, NOW, steps=steps)
    assert version_of(path) == 1
    assert earlier.rows(path) == before
    assert upgrading.upgrade(tmp_path, NOW).version == 1


def test_a_database_that_the_older_program_still_has_open_is_not_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(upgrading, "BUSY_TIMEOUT_S", 0.1)
    path = earlier.put(tmp_path, "2")
    with closing(sqlite3.connect(path)) as running:
        running.execute("SELECT count(*) FROM polls").fetchone()
        with pytest.raises(DatabaseUnusable, match=r"open in another program.*end that program and start again"):
            upgrading.upgrade(tmp_path, NOW)
    assert version_of(path) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("DROP TABLE polls", "another program"),
        ("DROP TABLE tariffs", r"no version of this program left it as it is \(tariffs\)"),
        ("ALTER TABLE channels ADD COLUMN colour TEXT", r"left it as it is \(channels\)"),
    ],
)
def test_what_no_version_left_is_refused_and_nothing_has_changed(tmp_path, change, says):
    path = earlier.put(tmp_path, "2")
    with closing(sqlite3.connect(path)) as db:
        db.execute(change)
    before = earlier.rows(path)
    with pytest.raises(DatabaseUnusable, match=says):
        upgrading.upgrade(tmp_path, NOW)
    assert earlier.rows(path) == before
    assert version_of(path) == 1


def test_the_command_line_says_what_is_done(tmp_path):
    earlier.put(tmp_path, "2")
    listed = subprocess.run(
        [*RUN, "list", "--data", str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    assert "hp-001" in listed.stdout
    assert f"is of version 2 and becomes one of version {SCHEMA_VERSION}" in listed.stderr
    assert "monitor.db.version-2.zip" in listed.stderr


def test_a_backup_of_today_keeps_its_hash(tmp_path):
    (tmp_path / "one").mkdir()
    Database(tmp_path / "one" / "monitor.db").close()
    archive.write(tmp_path / "one", tmp_path / "one.zip", NOW)
    (tmp_path / "two").mkdir()
    assert restoring.restore(tmp_path / "one.zip", tmp_path / "two", NOW).upgraded is None
