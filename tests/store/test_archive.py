"""A backup is one moment of a living database, and only a good one is ever restored."""

import hashlib
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from app.reading import Column, Reading
from app.store import archive, heatpumps, readings, restoring, sessions, users
from app.store.archive import ArchiveBusy, ArchiveUnusable, Ended
from app.store.database import Database
from app.store.heatpumps import HeatPump

NOW = 1_763_762_000
RUN = [sys.executable, str(Path(__file__).parents[2] / "run.py")]


def filled(folder, name="Haus", polls=200):
    """An installation with one heat pump and some readings; its database is closed again."""
    folder.mkdir(exist_ok=True)
    database = Database(folder / archive.DATABASE)
    with database.transaction() as db:
        connection = {"host": name.lower(), "port": 502, "unit_id": 1, "timeout": 5}
        pump = HeatPump(heatpumps.new_id(db), name, "idm", "navigator_2_0", connection, {}, True, 1000, 1000)
        heatpumps.put(db, pump)
        for second in range(polls):
            readings.add(db, Reading(pump.id, 1000 + second, (Column("temp_outside", "°C", "float32"),), (second / 8,)))
    database.close()
    return folder


def content(database):
    """A hash over every row of every table."""
    with closing(sqlite3.connect(database)) as db:
        return hashlib.sha256("\n".join(db.iterdump()).encode()).hexdigest()


def file_hash(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def name_in(folder):
    with closing(sqlite3.connect(folder / archive.DATABASE)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        return db.execute("SELECT name FROM heatpumps").fetchone()[0]


@pytest.fixture
def house(tmp_path):
    return filled(tmp_path / "house")


@pytest.fixture
def backup(house, tmp_path):
    target = tmp_path / "backup.zip"
    archive.write(house, target, NOW)
    return target


def test_a_round_trip_is_hash_equal(house, tmp_path):
    (house / "config.yaml").write_text("interval: 12\n")
    note = archive.write(house, tmp_path / "one.zip", NOW)
    (tmp_path / "new").mkdir()
    restored = restoring.restore(tmp_path / "one.zip", tmp_path / "new", NOW)
    assert restored.note == note
    assert restored.replaced == ()
    assert file_hash(tmp_path / "new" / "monitor.db") == note.sha256
    assert content(tmp_path / "new" / "monitor.db") == content(house / "monitor.db")
    assert (tmp_path / "new" / "config.yaml").read_text() == "interval: 12\n"
    again = archive.write(tmp_path / "new", tmp_path / "two.zip", NOW)
    assert again.sha256 == note.sha256


def test_a_backup_signs_nobody_in_and_holds_no_token(house, tmp_path):
    (house / "config.yaml").write_text("metrics_token: 0123456789abcdef-secret\n")
    database = Database(house / "monitor.db")
    with database.transaction() as db:
        user_id = users.add(db, "berta", "scrypt:…", "owner", NOW)
        sessions.begin(db, "the hash of a cookie", user_id, NOW, "192.168.1.5", "a browser of mine")
    note = archive.write(house, tmp_path / "one.zip", NOW)
    assert sessions.of_user(database.connection(), user_id)
    database.close()
    (tmp_path / "new").mkdir()
    restoring.restore(tmp_path / "one.zip", tmp_path / "new", NOW)
    assert file_hash(tmp_path / "new" / "monitor.db") == note.sha256
    restored = (tmp_path / "new" / "monitor.db").read_bytes()
    assert b"berta" in restored and b"hash of a cookie" not in restored and b"browser of mine" not in restored
    assert "secret" not in (tmp_path / "new" / "config.yaml").read_text()


def test_restoring_on_the_same_computer_keeps_the_token_of_its_settings(house, tmp_path):
    (house / "config.yaml").write_text("metrics_token: 0123456789abcdef-secret\n")
    archive.write(house, tmp_path / "one.zip", NOW)
    restored = restoring.restore(tmp_path / "one.zip", house, NOW)
    assert [each.name.partition(".replaced")[0] for each in restored.replaced] == ["monitor.db"]
    assert "secret" in (house / "config.yaml").read_text()


def test_what_is_only_in_the_write_ahead_log_is_backed_up_too(house, tmp_path):
    database = Database(house / "monitor.db")
    with database.transaction() as db:
        db.execute("UPDATE heatpumps SET name = 'Neu'")
    assert (house / "monitor.db-wal").stat().st_size > 0
    archive.write(house, tmp_path / "live.zip", NOW)
    database.close()
    (tmp_path / "new").mkdir()
    restoring.restore(tmp_path / "live.zip", tmp_path / "new", NOW)
    assert name_in(tmp_path / "new") == "Neu"


def test_a_backup_is_one_moment_while_another_thread_writes(house, tmp_path, monkeypatch):
    """Every transaction adds one to two counters; in a backup they are equal."""
    monkeypatch.setattr(archive, "PAGES_PER_STEP", 1)
    database = Database(house / "monitor.db")
    ended, written = threading.Event(), []

    def write():
        column = (Column("temp_outside", "°C", "float32"),)
        while not ended.is_set():
            with database.transaction() as db:
                for name in ("first", "second"):
                    db.execute(
                        "INSERT INTO counters (name, value) VALUES (?, 1)"
                        " ON CONFLICT (name) DO UPDATE SET value = value + 1", (name,),
                    )  # fmt: skip
                readings.add(db, Reading("hp-001", 5000 + len(written), column, (1.0,)))
            written.append(time.monotonic())
        database.close()

    def another_is_written():
        before, deadline = len(written), time.monotonic() + 20
        while len(written) == before and time.monotonic() < deadline:
            time.sleep(0.0005)
        return True

    writer = threading.Thread(target=write)
    writer.start()
    another_is_written()
    try:
        for number in range(3):
            before = len(written)
            archive.write(house, tmp_path / "living.zip", NOW, another_is_written)
            during = len(written) - before
            folder = tmp_path / f"new-{number}"
            folder.mkdir()
            restoring.restore(tmp_path / "living.zip", folder, NOW)
            with closing(sqlite3.connect(folder / "monitor.db")) as db:
                counted = dict(db.execute("SELECT name, value FROM counters WHERE name IN ('first', 'second')"))
                polls = db.execute("SELECT count(*) FROM polls WHERE at >= 5000").fetchone()[0]
            assert counted["first"] == counted["second"] == polls
            assert before <= polls <= before + during + 1
    finally:
        ended.set()
        writer.join()
    assert len(written) > 30


def test_a_backup_can_be_given_up_and_leaves_nothing_behind(house, tmp_path, monkeypatch):
    there = sorted(tmp_path.iterdir())
    monkeypatch.setattr(archive, "OPERATIONS_PER_LOOK", 10)
    for steps in (0, 1, 2, 3):
        left = iter([True] * steps)
        with pytest.raises(Ended):
            archive.write(house, tmp_path / "never.zip", NOW, lambda left=left: next(left, False))
    assert sorted(tmp_path.iterdir()) == there


def test_only_one_backup_is_made_at_a_time(house, tmp_path):
    tried = []

    def meanwhile():
        if not tried:
            tried.append(True)
            with pytest.raises(ArchiveBusy, match="another backup is being made"):
                archive.write(house, tmp_path / "second.zip", NOW)
        return True

    archive.write(house, tmp_path / "first.zip", NOW, meanwhile)
    assert tried
    assert not (tmp_path / "second.zip").exists()


def test_a_backup_is_for_its_owner_only(backup):
    assert backup.stat().st_mode & 0o777 == 0o600


def test_an_older_backup_may_be_overwritten_and_nothing_else(house, backup):
    archive.write(house, backup, NOW + 1)
    assert archive.note_of(backup).created_at == NOW + 1
    before = file_hash(house / "monitor.db")
    with pytest.raises(ArchiveUnusable, match="is no backup of this program; choose another name"):
        archive.write(house, house / "monitor.db", NOW)
    assert file_hash(house / "monitor.db") == before


def test_a_damaged_database_is_not_backed_up(house, tmp_path):
    content = bytearray((house / "monitor.db").read_bytes())
    content[4096 * 2 : 4096 * 4] = b"\xee" * 8192
    (house / "monitor.db").write_bytes(content)
    with pytest.raises(ArchiveUnusable, match=r"damaged|malformed"):
        archive.write(house, tmp_path / "bad.zip", NOW)
    assert not (tmp_path / "bad.zip").exists()


def test_the_replaced_files_stay_beside_the_new_ones(backup, tmp_path):
    other = filled(tmp_path / "other", "Anderes")
    (other / "config.yaml").write_text("interval: 99\n")
    restored = restoring.restore(backup, other, NOW)
    assert name_in(other) == "Haus"
    (replaced,) = restored.replaced  # the backup has no settings, so those stay
    assert (other / "config.yaml").read_text() == "interval: 99\n"
    shutil.copy(replaced, tmp_path / "monitor.db")
    assert name_in(tmp_path) == "Anderes"
    assert len({*restoring.restore(backup, other, NOW).replaced, replaced}) == 2


def test_a_folder_with_a_damaged_database_can_be_restored(backup, tmp_path):
    (tmp_path / "broken").mkdir()
    for name in ("monitor.db", "monitor.db-wal", "monitor.db-shm"):
        (tmp_path / "broken" / name).write_bytes(b"nothing good" * 500)
    restored = restoring.restore(backup, tmp_path / "broken", NOW)
    assert name_in(tmp_path / "broken") == "Haus"
    assert restored.replaced[0].read_bytes() == b"nothing good" * 500


def test_a_database_that_another_program_has_open_is_not_replaced(backup, tmp_path):
    other = filled(tmp_path / "other", "Anderes")
    with closing(sqlite3.connect(other / "monitor.db")) as db:
        db.execute("SELECT name FROM heatpumps").fetchall()
        with pytest.raises(ArchiveUnusable, match="open in another program"):
            restoring.restore(backup, other, NOW)
    assert name_in(other) == "Anderes"


def packed(house, database=None, settings=None, without=(), **note):
    """A backup with something changed; the note fits the database unless it says otherwise."""
    database = (house / "monitor.db").read_bytes() if database is None else database
    facts = {
        "application": archive.APPLICATION, "format": 1, "schema": 1, "created_at": NOW,
        "size": len(database), "sha256": hashlib.sha256(database).hexdigest(),
    }  # fmt: skip
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        entries = {"monitor.db": database, "config.yaml": settings, "backup.json": json.dumps(facts | note)}
        for name, entry in entries.items():
            if entry is not None and name not in without:
                made.writestr(name, entry)
    return file.getvalue()


def changed(house, *statements):
    with closing(sqlite3.connect(house / "monitor.db", isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)
    return (house / "monitor.db").read_bytes()


def torn(house):
    content = bytearray((house / "monitor.db").read_bytes())
    content[4096 * 2 : 4096 * 4] = b"\xee" * 8192
    return bytes(content)


def flipped(content, at):
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda house, good: b"", "damaged or no backup"),
        (lambda house, good: b"SQLite format 3\x00" + bytes(5000), "damaged or no backup"),
        (lambda house, good: (house / "monitor.db").read_bytes(), "damaged or no backup"),
        (lambda house, good: good[:-1], "damaged"),
        (lambda house, good: good[: len(good) // 2], "damaged"),
        (lambda house, good: good[len(good) // 2 :], "damaged"),
        (lambda house, good: flipped(good, len(good) // 3), "damaged"),
        (lambda house, good: packed(house, without=["backup.json"]), "something is missing"),
        (lambda house, good: packed(house, without=["monitor.db"]), "something is missing"),
        (lambda house, good: packed(house, application="another"), "another program"),
        (lambda house, good: packed(house, application=None), "another program"),
        (lambda house, good: packed(house, format=2), "newer version"),
        (lambda house, good: packed(house, schema=99), "newer version .*schema 99"),
        (lambda house, good: packed(house, format="one"), "no backup of this program"),
        (lambda house, good: packed(house, size="much"), "no backup of this program"),
        (lambda house, good: packed(house, sha256="0" * 64), "not the one that was backed up"),
        (lambda house, good: packed(house, size=10), "not the one that was backed up"),
        (lambda house, good: packed(house, size=10**9), "not the one that was backed up"),
        (lambda house, good: packed(house, database=b""), "another program"),
        (lambda house, good: packed(house, database=b"no database" * 999), "damaged"),
        (lambda house, good: packed(house, database=torn(house)), "damaged"),
        (lambda house, good: packed(house, database=changed(house, "PRAGMA user_version = 99")), "newer version"),
        (lambda house, good: packed(house, database=changed(house, "PRAGMA user_version = 0")), "another program"),
        (lambda house, good: packed(house, database=changed(house, "DROP TABLE polls")), "another program"),
        (
            lambda house, good: packed(house, database=changed(house, "UPDATE polls SET heatpump_id = 'hp-009'")),
            "loose ends",
        ),
        (lambda house, good: packed(house, settings=b"colour: red\n"), "config.yaml: colour"),
        (lambda house, good: packed(house, settings=b"a: ["), "config.yaml"),
        (lambda house, good: packed(house, settings=b"#" * 2_000_000), "too large"),
    ],
)
def test_a_bad_backup_is_refused_and_nothing_has_changed(backup, house, tmp_path, spoil, says):
    other = filled(tmp_path / "other", "Anderes", polls=3)
    before = {path.name: file_hash(path) for path in other.iterdir()}
    backup.write_bytes(spoil(house, backup.read_bytes()))
    with pytest.raises(ArchiveUnusable, match=says) as caught:
        restoring.restore(backup, other, NOW)
    assert str(backup) in str(caught.value)
    assert {path.name: file_hash(path) for path in other.iterdir()} == before


@pytest.mark.parametrize("path", ["missing.zip", "."])
def test_a_backup_that_is_not_there_is_named(tmp_path, path):
    with pytest.raises(ArchiveUnusable, match="cannot be read"):
        restoring.restore(tmp_path / path, tmp_path, NOW)


def test_killed_at_any_moment_nothing_is_lost(tmp_path):
    new, old = filled(tmp_path / "new", "Neu", polls=8000), filled(tmp_path / "old", "Alt", polls=8000)
    backup = tmp_path / "backup.zip"
    archive.write(new, backup, NOW)
    wanted, before = content(new / "monitor.db"), content(old / "monitor.db")
    command = [*RUN, "restore", str(backup), "--data", str(old)]
    begun = time.monotonic()
    subprocess.run([*command[:-1], str(tmp_path / "elsewhere")], check=True, capture_output=True, timeout=60)
    whole_s = time.monotonic() - begun
    for share in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole_s * share)
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        now = content(old / "monitor.db")
        assert now in (wanted, before)
        if now == wanted:
            assert before in {content(path) for path in old.glob("monitor.db.replaced-*Z*")}
            shutil.copy(next(old.glob("monitor.db.replaced-*")), old / "monitor.db")
            for path in old.glob("monitor.db.replaced-*"):
                path.unlink()
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert content(old / "monitor.db") == wanted
    assert not list(old.glob("restoring-*"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_restore_by_root_leaves_files_of_the_folders_owner(backup, tmp_path):
    (tmp_path / "theirs").mkdir()
    os.chown(tmp_path / "theirs", 12345, 12345)
    restoring.restore(backup, tmp_path / "theirs", NOW)
    assert (tmp_path / "theirs" / "monitor.db").stat().st_uid == 12345
