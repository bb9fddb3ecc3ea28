"""Last night's backup is made once, missed ones are made up for, and the oldest go."""

import logging

import pytest

from app.polling.nightly import NightlyBackup
from app.store import archive
from app.store.database import Database
from tests.clocks import Clock

NOON = 1_763_722_800  # 2025-11-21 12:00 in Berlin
DAY = 86400


@pytest.fixture
def clock():
    return Clock(NOON)


@pytest.fixture
def nightly(tmp_path, clock):
    Database(tmp_path / "monitor.db").close()
    return NightlyBackup(tmp_path, tmp_path / "backups" / "here", 3, "Europe/Berlin", clock, lambda: True)


def names(nightly):
    return [path.name for path in nightly.made()]


def test_one_backup_per_night_however_often_it_is_looked_at(nightly, clock):
    for minutes in range(0, 14 * 60, 97):
        clock.now = NOON + minutes * 60
        nightly.make_when_due()
    assert names(nightly) == ["heat-pumps-2025-11-21.zip"]
    assert archive.note_of(nightly.made()[0]).created_at == NOON
    clock.now = NOON + 15 * 3600
    nightly.make_when_due()
    assert names(nightly) == ["heat-pumps-2025-11-22.zip", "heat-pumps-2025-11-21.zip"]


def test_the_newest_are_kept_and_other_files_left_alone(nightly, clock):
    nightly.folder.mkdir(parents=True)
    others = ["heat-pumps-2025-01-01.zip.txt", "holiday.zip", "heat-pumps-first.zip"]
    for name in others:
        (nightly.folder / name).write_text("mine")
    for _ in range(6):
        nightly.make_when_due()
        clock.now += DAY
    assert names(nightly) == [f"heat-pumps-2025-11-{day}.zip" for day in (26, 25, 24)]
    assert all((nightly.folder / name).read_text() == "mine" for name in others)


def test_a_failure_is_said_once_and_what_is_there_stays(nightly, clock, tmp_path, caplog):
    nightly.make_when_due()
    good = (tmp_path / "monitor.db").read_bytes()
    (tmp_path / "monitor.db").write_bytes(b"damaged" * 1000)
    caplog.set_level(logging.INFO)
    for _ in range(5):
        clock.now += DAY
        nightly.make_when_due()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "monitor.db" in caplog.text
    assert names(nightly) == ["heat-pumps-2025-11-21.zip"]
    (tmp_path / "monitor.db").write_bytes(good)
    nightly.make_when_due()
    assert len(names(nightly)) == 2


def test_a_folder_that_cannot_be_written_is_named(nightly, clock, tmp_path, caplog):
    (tmp_path / "backups").write_text("a file in its place")
    nightly.make_when_due()
    assert str(tmp_path / "backups") in caplog.text


def test_a_program_that_ends_gives_it_up_quietly(tmp_path, clock, caplog):
    Database(tmp_path / "monitor.db").close()
    ending = NightlyBackup(tmp_path, tmp_path / "backups", 3, "Europe/Berlin", clock, lambda: False)
    ending.make_when_due()
    assert ending.made() == []
    assert caplog.text == ""
    assert list((tmp_path / "backups").iterdir()) == []
