"""`export` and `import` as they are typed."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.commands import main
from tests.history import BEGIN, house, lived_in

RUN = [sys.executable, str(Path(__file__).parents[2] / "run.py")]


@pytest.fixture
def lived(system, idm, tmp_path):
    """A data folder with one heat pump that has a history."""
    lived_in(system, house(system, idm), 40)
    return tmp_path


@pytest.fixture
def fresh(tmp_path):
    folder = tmp_path / "fresh"
    run("add", "idm/navigator_2_0", "127.0.0.1:9", "--option", "circuits=A,B", "--offline", "--data", folder)
    return folder


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def told(result):
    assert result.exit_code == 1, result.output
    lines = result.stderr.splitlines()
    assert len(lines) == 1
    return lines[0]


def test_a_round_trip_through_files_gives_identical_bytes(lived, fresh):
    first, second = lived / "first.csv", lived / "second.csv"
    assert run("export", "hp-001", "--output", first, "--data", lived).exit_code == 0
    taken = run("import", first, "--heatpump", "hp-001", "--data", fresh)
    assert taken.stdout == "40 readings kept, 0 were there already, 0 lines without a value, 0 lines refused\n"
    assert taken.exit_code == 0
    assert run("export", "hp-001", "--output", second, "--data", fresh).exit_code == 0
    assert first.read_bytes() == second.read_bytes()
    assert run("import", first, "--heatpump", "hp-001", "--data", fresh).stdout.startswith("0 readings kept, 40 were")


def test_standard_output_gets_the_chosen_sensors_and_range(lived):
    result = run(
        "export", "hp-001", "--sensors", "temp_outside, operating_mode",
        "--from", BEGIN + 60, "--to", "2023-11-14T23:15:20+01:00", "--data", lived,
    )  # fmt: skip
    lines = result.stdout_bytes.decode().split("\r\n")
    assert lines[0] == "timestamp,temp_outside,operating_mode"
    assert [line[:20] for line in lines[1:]] == ["2023-11-14T22:14:20Z", ""]


def test_a_reader_that_has_seen_enough_is_no_error(lived):
    whole = subprocess.Popen(
        [*RUN, "export", "hp-001", "--data", lived], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    whole.stdout.read(10)
    whole.stdout.close()
    assert whole.stderr.read() == b""
    whole.wait(20)
    whole.stderr.close()


def test_every_refused_line_has_its_number(lived, tmp_path):
    file = tmp_path / "bad.csv"
    file.write_text("timestamp,temp_outside,size\n" + "1600000000,1,2\nnever,1,2\n" * 30)
    result = run("import", file, "--heatpump", "hp-001", "--data", lived)
    assert result.exit_code == 1
    assert "column 'size': there is no such sensor" in result.stderr
    assert "line 3: timestamp: 'never'" in result.stderr
    assert "line 41:" in result.stderr
    assert "line 43:" not in result.stderr
    assert "and 10 more" in result.stderr
    assert result.stdout == "1 readings kept, 29 were there already, 0 lines without a value, 30 lines refused\n"


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["export", "hp-077"], ["hp-077"]),
        (["export", "hp-001", "--sensors", "temp_outsid"], ["temp_outsid"]),
        (["export", "hp-001", "--from", "yesterday"], ["yesterday", "2026-01-31"]),
        (["export", "hp-001", "--to", "2026-02-30"], ["2026-02-30"]),
        (["export", "hp-001", "--from", "2026-02-02", "--to", "2026-02-01"], ["is not before"]),
        (["export", "hp-001", "--output", "/no/such/folder/x.csv"], ["/no/such/folder/x.csv", "cannot be written"]),
        (["export", "hp-001", "--output", "."], ["cannot be written"]),
        (["export", "hp-001", "--output", os.devnull + "/x"], ["cannot be written"]),
        (["import", "no-such-file.csv", "--heatpump", "hp-001"], ["no-such-file.csv", "cannot be read"]),
        (["import", os.devnull, "--heatpump", "hp-001"], ["first line"]),
        (["import", os.devnull, "--heatpump", "hp-077"], ["hp-077"]),
    ],
)
def test_the_sentence_names_what_is_wrong(lived, arguments, names):
    said = told(run(*arguments, "--data", lived))
    for name in names:
        assert name in said


def test_a_failed_export_leaves_the_older_file_alone(lived, tmp_path):
    file = tmp_path / "kept.csv"
    file.write_text("older")
    told(run("export", "hp-001", "--from", "9999-12-31T00:00Z", "--to", "1", "--output", file, "--data", lived))
    assert file.read_text() == "older"
    assert not list(tmp_path.glob("*.part"))


def test_a_damaged_database_ends_an_export_with_one_sentence(lived):
    with closing(sqlite3.connect(lived / "monitor.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        content = bytearray((lived / "monitor.db").read_bytes())
        page, size = db.execute(
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master WHERE name = 'polls'"
        ).fetchone()
    content += bytes(60_000_000 - len(content))  # too large to be checked at the start
    content[(page - 1) * size : page * size] = bytes(size)
    (lived / "monitor.db").write_bytes(content)
    said = told(run("export", "hp-001", "--output", lived / "never.csv", "--data", lived))
    assert "the history cannot be read" in said
    assert not (lived / "never.csv").exists()
