"""`backup` and `restore` as they are typed."""

import pytest
from click.testing import CliRunner

from app.commands import main
from app.folder import Folder
from tests.history import house, lived_in


@pytest.fixture
def lived(system, idm, tmp_path):
    lived_in(system, house(system, idm), 20)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def told(result):
    assert result.exit_code == 1, result.output
    (line,) = result.stderr.splitlines()
    return line


def fingerprint(result):
    return result.output.splitlines()[0].rpartition(" ")[2]


def test_a_round_trip_through_a_file_is_hash_equal(lived, tmp_path):
    made = run("backup", tmp_path / "one.zip", "--data", lived)
    restored = run("restore", tmp_path / "one.zip", "--data", tmp_path / "new")
    again = run("backup", tmp_path / "two.zip", "--data", tmp_path / "new")
    assert [made.exit_code, restored.exit_code, again.exit_code] == [0, 0, 0]
    assert len(fingerprint(made)) == 64
    assert fingerprint(made) == fingerprint(restored) == fingerprint(again)
    assert "hp-001" in run("list", "--data", tmp_path / "new").output
    assert "replaced" not in restored.output


def test_an_older_backup_stays_unless_it_is_said_otherwise(lived, tmp_path):
    run("backup", tmp_path / "one.zip", "--data", lived)
    (tmp_path / "letter.zip").write_text("to grandmother")
    before = (tmp_path / "one.zip").read_bytes()
    said = told(run("backup", tmp_path / "one.zip", "--data", lived))
    assert "one.zip: is the backup of 20" in said
    assert "--force" in said
    assert (tmp_path / "one.zip").read_bytes() == before
    assert run("backup", "--force", tmp_path / "one.zip", "--data", lived).exit_code == 0
    assert "is no backup" in told(run("backup", "--force", tmp_path / "letter.zip", "--data", lived))
    assert (tmp_path / "letter.zip").read_text() == "to grandmother"


def test_a_folder_that_a_monitor_holds_is_not_restored(lived, tmp_path):
    run("backup", tmp_path / "one.zip", "--data", lived)
    with Folder(tmp_path / "new").held("a heat-pump monitor on 127.0.0.1:8080"):
        said = told(run("restore", tmp_path / "one.zip", "--data", tmp_path / "new"))
    assert "in use by a heat-pump monitor on 127.0.0.1:8080" in said
    assert not (tmp_path / "new" / "monitor.db").exists()


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["backup", "/no/such/folder/b.zip"], ["/no/such/folder/b.zip", "cannot be written"]),
        (["backup", "/dev/null"], ["/dev/null", "choose another name"]),
        (["restore", "/no/such/file.zip"], ["/no/such/file.zip", "cannot be read"]),
        (["restore", "/dev/null"], ["/dev/null", "damaged or no backup"]),
    ],
)
def test_the_sentence_names_what_is_wrong(lived, arguments, names):
    said = told(run(*arguments, "--data", lived))
    for name in names:
        assert name in said


def test_a_folder_without_a_database_is_not_backed_up(tmp_path):
    assert "holds no database" in told(run("backup", tmp_path / "b.zip", "--data", tmp_path / "empty"))
    assert not (tmp_path / "b.zip").exists()
