"""A disk without room costs the file that was being written, and nothing else."""

import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.history import BEGIN, csv_of, house, lived_in

RUN = [sys.executable, str(Path(__file__).parents[2] / "run.py")]
ROOM = 150_000
"""Bytes that a file may have: as if the disk were full beyond."""


@pytest.fixture
def lived(system, idm, tmp_path):
    lived_in(system, house(system, idm), 400)
    text = csv_of(system, "hp-001")
    system.database.close()
    (tmp_path / "again.csv").write_bytes(text.replace("2023-", "2022-").encode())
    run("backup", tmp_path / "good.zip", "--data", tmp_path, room=resource.RLIM_INFINITY)
    return tmp_path


def run(*arguments, room=ROOM):
    return subprocess.run(
        [*RUN, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY)),
    )


@pytest.mark.parametrize(
    "command",
    [
        ["backup", "new.zip"],
        ["restore", "good.zip"],
        ["export", "hp-001", "--output", "new.csv"],
        ["import", "again.csv", "--heatpump", "hp-001"],
        ["remove", "hp-001", "--yes"],
    ],
)
def test_a_full_disk_is_one_sentence_and_nothing_is_lost(lived, command):
    there = {path.name for path in lived.iterdir()}
    arguments = [str(lived / each) if "." in each else each for each in command]
    result = run(*arguments, "--data", lived)
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1, result.stderr
    assert {path.name for path in lived.iterdir()} <= there | {"lock", "monitor.db-wal", "monitor.db-shm"}
    with closing(sqlite3.connect(lived / "monitor.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert db.execute("SELECT count(*) FROM polls WHERE at >= ?", (BEGIN,)).fetchone()[0] == 400
