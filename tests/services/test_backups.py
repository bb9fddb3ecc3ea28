"""What an owner sees of backups, and takes along."""

from dataclasses import replace

import pytest

from app.messages import Rejected
from app.services import backups
from app.store import archive, restoring


def files(folder):
    return {path.name for path in folder.iterdir()} - {"monitor.db-wal", "monitor.db-shm", "backup.lock"}


def test_a_download_is_a_whole_backup_and_leaves_no_file(system, tmp_path):
    taken = backups.download(system)
    with taken.file:
        content = taken.file.read()
    assert len(content) == taken.size
    assert taken.name.startswith("heat-pumps-")
    assert files(tmp_path) == {"monitor.db"}
    (tmp_path / "taken.zip").write_bytes(content)
    (tmp_path / "new").mkdir()
    assert restoring.restore(tmp_path / "taken.zip", tmp_path / "new", 1).note.size > 0


def test_a_second_download_at_the_same_time_is_refused(system):
    def meanwhile():
        with pytest.raises(Rejected, match="another backup"):
            backups.download(system)
        return True

    archive.write(system.config.folder, system.config.folder / "first.zip", 1, meanwhile)


def test_a_download_of_a_damaged_database_says_so(system, tmp_path):
    system.database.close()
    (tmp_path / "monitor.db").write_bytes(b"no database" * 999)
    with pytest.raises(Rejected, match=r"cannot be made: .*monitor\.db"):
        backups.download(system)
    assert files(tmp_path) == {"monitor.db"}


def test_nightly_backups_are_listed_newest_first(system, tmp_path):
    assert backups.nightly(system) is None
    system.config = replace(system.config, backup_folder="backups", backup_keep=5)
    listed = backups.nightly(system)
    assert (listed.folder, listed.keep, listed.made) == (tmp_path / "backups", 5, ())
    for day in (1, 2):
        system.clock = lambda day=day: 1_763_722_800 + day * 86400
        system.nightly_backup().make_when_due()
    listed = backups.nightly(system)
    assert [each.name for each in listed.made] == ["heat-pumps-2025-11-23.zip", "heat-pumps-2025-11-22.zip"]
    assert all(each.size > 500 for each in listed.made)


def test_a_backup_folder_that_is_a_file_lists_nothing(system, tmp_path):
    (tmp_path / "backups").write_text("")
    system.config = replace(system.config, backup_folder="backups")
    assert backups.nightly(system).made == ()


def test_ending_gives_up_a_download(system):
    system.ending.set()
    with pytest.raises(archive.Ended):
        backups.download(system)
