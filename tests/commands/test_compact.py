"""`compact`, alone and beside a running monitor."""

from __future__ import annotations

import time

import pytest

from app.config import Config
from app.folder import Folder
from app.store import blocks, heatpumps
from app.store.database import Database
from app.store.heatpumps import HeatPump
from app.system import assemble
from tests.commands.test_processes import call
from tests.store.history import everything, keep, polls


@pytest.fixture
def kept(tmp_path):
    """Three days of history in a data folder, the last of them three days ago."""
    database = Database(tmp_path / "monitor.db")
    with database.transaction() as db:
        heatpumps.put(db, HeatPump("hp-001", "A", "idm", "x", {"host": "a", "port": 1, "unit_id": 1}, {}, False, 1, 1))
    now = int(time.time())
    keep(database, polls(1, now - 6 * 86400, now - 3 * 86400, step_s=300))
    yield database
    database.close()


def test_compact_closes_every_past_day_and_says_how_many(kept, tmp_path):
    before = everything(kept)
    done = call("compact", "--data", tmp_path)
    assert done.returncode == 0, done.stderr
    number = len(blocks.spans(kept.connection(), "hp-001"))
    assert done.stdout.startswith(("3 days closed", "4 days closed"))
    assert 1 <= number <= 4
    assert everything(kept) == before
    assert call("compact", "--data", tmp_path).stdout == "0 days closed, 0 months merged\n"


def test_compact_works_beside_a_running_monitor(kept, tmp_path):
    before = everything(kept)
    system = assemble(Config(tmp_path))
    with Folder(tmp_path).held("a heat-pump monitor"):
        system.start()
        done = call("compact", "--data", tmp_path)
        assert system.stop(5)
    assert done.returncode == 0, done.stderr
    assert everything(kept) == before
    assert kept.connection().execute("SELECT count(*) FROM polls").fetchone()[0] == 0


def test_compact_names_what_stays_as_it_is(kept, tmp_path):
    call("compact", "--data", tmp_path)
    kept.connection().execute("UPDATE blocks SET times = zeroblob(20)")
    since = blocks.spans(kept.connection(), "hp-001")[0][0]
    keep(kept, polls(2, since + 60, since + 600, step_s=300))
    done = call("compact", "--data", tmp_path)
    assert done.returncode == 1
    assert "hp-001" in done.stderr
    assert "stays as it is" in done.stderr
    assert "Traceback" not in done.stderr
