"""Killed in the middle of a delivery, begun again: everything arrives, and nothing twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from app.reading import Reading
from app.store import outbox, readings
from tests.cluster.conftest import COLUMNS, T0
from tests.waiting import eventually

REPOSITORY = Path(__file__).parents[2]
POLLS = 2500
DELIVER = """
import sys
from pathlib import Path
from app.config import Config
from app.system import assemble
system = assemble(Config(Path(sys.argv[1]), victoriametrics=sys.argv[2], box=sys.argv[3]))
system.pusher.deliver_all()
"""


def test_killed_at_random_every_sample_arrives_and_none_twice(server, furnished, box, tmp_path):
    system = furnished(victoriametrics=server.address)
    with system.database.transaction() as db:
        for poll in range(POLLS):
            readings.add(db, Reading("hp-001", T0 + poll, COLUMNS, (float(poll), "off", None)))
            outbox.add(db, "hp-001", T0 + poll, POLLS)
    command = [sys.executable, "-c", DELIVER, str(tmp_path), server.address, box]
    db = system.database.connection()
    with subprocess.Popen(command, cwd=REPOSITORY) as first:
        while outbox.length(db) == POLLS:  # until the first batch has arrived
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.02))
        first.kill()
    assert outbox.length(db) < POLLS
    time.sleep(2.2)  # the program itself waits longer than this after every start
    assert subprocess.run(command, cwd=REPOSITORY, timeout=60).returncode == 0
    assert outbox.length(db) == 0
    eventually(lambda: len(server.samples(box).get("temp_outside", ())) >= POLLS)
    for points in server.samples(box).values():
        assert [at for at, _ in points] == [T0 + poll for poll in range(POLLS)]
