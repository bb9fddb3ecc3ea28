"""The one SQLite file: units of work, and files that cannot serve."""

import sqlite3
import stat
import threading
import time
from contextlib import suppress

import pytest

from app.messages import Message
from app.store import heatpumps, keeping, outages
from app.store.database import SCHEMA_VERSION, Database, DatabaseUnusable
from tests.disk import full_disk


def test_a_unit_of_work_is_kept_whole_or_not_at_all(database):
    with pytest.raises(RuntimeError), database.transaction() as db:
        heatpumps.new_id(db)
        raise RuntimeError
    with database.transaction() as db:
        assert heatpumps.new_id(db) == "hp-001"


def test_units_of_work_that_belong_together_are_kept_together_or_not_at_all(database):
    with pytest.raises(RuntimeError), database.together():
        with database.transaction() as db:
            heatpumps.new_id(db)
        with pytest.raises(KeyError), database.transaction() as db:
            heatpumps.new_id(db)
            raise KeyError
        raise RuntimeError
    with database.together():
        with database.transaction() as db:
            heatpumps.new_id(db)
        with pytest.raises(KeyError), database.transaction() as db:
            heatpumps.new_id(db)
            raise KeyError
    with database.transaction() as db:
        assert heatpumps.new_id(db) == "hp-002"


def test_a_full_disk_in_the_middle_of_a_unit_of_work_is_named_and_the_next_one_works(database):
    with pytest.raises(sqlite3.OperationalError) as refusal, full_disk(200_000), database.transaction() as db:
        db.execute("CREATE TABLE much (content BLOB)")
        for _ in range(50):
            db.execute("INSERT INTO much VALUES (randomblob(20000))")
    assert keeping.comes_from_outside(refusal.value)
    assert "rollback" not in str(refusal.value)
    with database.transaction() as db:
        db.execute("CREATE TABLE much (content BLOB)")


def test_a_mistake_of_ours_does_not_pass_for_a_full_disk(database):
    with pytest.raises(sqlite3.OperationalError) as mistake:
        database.connection().execute("SELECT nothing FROM nowhere")
    assert not keeping.comes_from_outside(mistake.value)


def test_a_new_database_and_its_log_are_readable_by_their_owner_only(tmp_path):
    database = Database(tmp_path / "fresh.db")
    with database.transaction() as db:
        heatpumps.new_id(db)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    database.close()
    assert modes == {"fresh.db": 0o600, "fresh.db-wal": 0o600, "fresh.db-shm": 0o600}


def test_threads_write_one_after_the_other(database):
    def count():
        for _ in range(50):
            with database.transaction() as db:
                heatpumps.new_id(db)

    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert database.connection().execute("SELECT value FROM counters").fetchone()[0] == 300


def test_the_end_takes_no_connection_from_a_thread_that_still_works(database):
    """SQLite would end the whole process."""
    over, begun = threading.Event(), threading.Barrier(5)

    def work():
        begun.wait()
        while not over.is_set():
            with suppress(sqlite3.OperationalError):  # locked, while another one folds the log
                list(database.connection().execute("SELECT * FROM sqlite_master"))
                with database.transaction() as db:
                    heatpumps.new_id(db)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    begun.wait()
    for _ in range(100):
        time.sleep(0.002)
        database.close()
    over.set()
    for thread in threads:
        thread.join()
    assert database.connection().execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_the_end_closes_the_connections_of_threads_that_rest(database):
    asked, over = threading.Event(), threading.Event()

    def rest():
        database.connection().execute("SELECT 1")
        asked.set()
        over.wait()

    thread = threading.Thread(target=rest)
    thread.start()
    asked.wait()
    with database.transaction() as db:
        heatpumps.new_id(db)
    database.close()
    assert [each.name for each in database.path.parent.iterdir()] == ["monitor.db"]
    over.set()
    thread.join()


def test_a_second_opening_finds_what_the_first_one_kept(tmp_path):
    first = Database(tmp_path / "monitor.db")
    with first.transaction() as db:
        heatpumps.new_id(db)
    first.close()
    second = Database(tmp_path / "monitor.db")
    with second.transaction() as db:
        assert heatpumps.new_id(db) == "hp-002"
    second.close()


def _garbage(path):
    path.write_bytes(b"this is no database at all" * 400)


def _newer(path):
    Database(path).close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    db.close()


def _foreign(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE somebody_elses (id)")
    db.close()


def _cut_off(path):
    Database(path).close()
    path.write_bytes(path.read_bytes()[: 3 * 4096 + 100])


def _overwritten(path):
    Database(path).close()
    content = bytearray(path.read_bytes())
    content[5000:20000] = b"\xa5" * 15000
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_garbage, "damaged or no database"),
        (_newer, "newer version"),
        (_foreign, "another program"),
        (_cut_off, "damaged"),
        (_overwritten, "damaged"),
    ],
)
def test_a_file_that_cannot_serve_is_refused_and_left_as_it_is(tmp_path, spoil, reason):
    path = tmp_path / "monitor.db"
    spoil(path)
    before = path.read_bytes()
    with pytest.raises(DatabaseUnusable, match=reason) as refusal:
        Database(path)
    assert str(path) in str(refusal.value)
    assert path.read_bytes() == before


def test_a_locked_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("app.store.database.BUSY_TIMEOUT_S", 0.1)
    path = tmp_path / "monitor.db"
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(DatabaseUnusable, match="locked by another program"):
            Database(path)
    finally:
        holder.close()


def test_an_outage_is_news_once_and_ends_once(database):
    with database.transaction() as db:
        pump = heatpumps.HeatPump("hp-001", "A", "idm", "x", {"host": "a", "port": 1, "unit_id": 1}, {}, True, 1, 1)
        heatpumps.put(db, pump)
        assert outages.begin(db, "hp-001", 100, Message("%(who)s is silent", {"who": "it"}))
        assert not outages.begin(db, "hp-001", 130, Message("other"))
        current = outages.current(db)["hp-001"]
        assert (current.since, str(current.reason)) == (100, "it is silent")
        assert outages.end(db, "hp-001", 160) == 100
        assert outages.end(db, "hp-001", 190) is None
        assert outages.current(db) == {}
