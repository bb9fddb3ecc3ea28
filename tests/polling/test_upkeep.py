"""Closing what is past, by itself and on demand."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from app.config import Config
from app.polling.upkeep import Upkeep
from app.reading import Reading
from app.store import blocks, heatpumps, readings, retention
from app.store.heatpumps import HeatPump
from app.system import assemble
from tests.clocks import BERLIN, Clock, local
from tests.store.history import FAST, everything, keep, polls
from tests.waiting import eventually


def dates(database):
    """The blocks, each by its first and last local date."""
    return [
        tuple(datetime.fromtimestamp(at, BERLIN).date().isoformat() for at in (since, until - 1))
        for since, until in blocks.spans(database.connection(), "hp-001")
    ]


def in_rows(database):
    return [row["at"] for row in database.connection().execute("SELECT at FROM polls ORDER BY at")]


def test_days_that_are_over_are_closed_each_by_itself_and_today_stays(database, pump):
    keep(database, polls(1, local("2024-03-29 10:00"), local("2024-04-01 08:00"), step_s=600))
    before = everything(database)
    Upkeep(database, BERLIN, Clock(local("2024-04-01 09:00"))).run()
    assert dates(database) == [("2024-03-29", "2024-03-29"), ("2024-03-30", "2024-03-30"), ("2024-03-31", "2024-03-31")]
    assert in_rows(database)[0] >= local("2024-04-01 00:00")
    assert everything(database) == before


def test_a_day_is_not_closed_before_its_last_polls_are_kept(database, pump):
    keep(database, polls(1, local("2024-03-29 10:00"), local("2024-03-30 00:00"), step_s=600))
    clock = Clock(local("2024-03-30 00:03"))
    upkeep = Upkeep(database, BERLIN, clock)
    upkeep.run()
    assert dates(database) == []
    clock.now += 300
    upkeep.run()
    assert dates(database) == [("2024-03-29", "2024-03-29")]


def test_months_that_are_over_become_one_block_each(database, pump):
    keep(database, polls(2, local("2024-01-30 00:00"), local("2024-04-03 00:00"), step_s=3600))
    before = everything(database)
    told = []
    upkeep = Upkeep(database, BERLIN, Clock(local("2024-04-03 01:00")))
    upkeep.run(lambda task, left: told.append((task.named(BERLIN), left)))
    assert dates(database)[:4] == [
        ("2024-01-30", "2024-01-31"), ("2024-02-01", "2024-02-29"), ("2024-03-01", "2024-03-31"),
        ("2024-04-01", "2024-04-01"),
    ]  # fmt: skip
    assert told[-3:] == [("hp-001 2024-01", 2), ("hp-001 2024-02", 1), ("hp-001 2024-03", 0)]
    assert in_rows(database) == []
    assert everything(database) == before


def test_days_without_samples_are_passed_over(database, pump):
    keep(database, [Reading("hp-001", local(f"{day} 12:00"), FAST[:1], (1.0,)) for day in ("1999-12-31", "2024-02-29")])
    Upkeep(database, BERLIN, Clock(local("2024-03-05 12:00"))).run()
    assert dates(database) == [("1999-12-31", "1999-12-31"), ("2024-02-29", "2024-02-29")]


def test_a_clock_that_jumps_ahead_and_back_loses_nothing(database, pump):
    every = polls(3, local("2024-05-01 00:00"), local("2024-05-01 12:00"), step_s=300)
    keep(database, every[:50])
    clock = Clock(local("2031-01-01 00:30"))
    keep(database, [Reading("hp-001", int(clock()), FAST[:1], (7.5,))])
    upkeep = Upkeep(database, BERLIN, clock)
    upkeep.run()
    clock.now = local("2024-05-02 00:10")
    keep(database, every[50:])
    upkeep.run()
    assert in_rows(database) == [local("2031-01-01 00:30")]
    assert [row[0] for row in everything(database)] == [*sorted({each.at for each in every}), local("2031-01-01 00:30")]
    latest = readings.latest(database.connection(), "hp-001")
    assert latest["temp_flow"].value == 7.5


def test_what_cannot_be_closed_is_told_once_and_stops_nothing_else(database, pump, caplog):
    caplog.set_level(logging.INFO)
    keep(database, polls(4, local("2024-05-01 00:00"), local("2024-05-03 00:00"), step_s=600))
    upkeep = Upkeep(database, BERLIN, Clock(local("2024-05-03 01:00")))
    upkeep.run()
    database.connection().execute("UPDATE chunks SET samples = x'00' WHERE block_id = 1")
    keep(database, [Reading("hp-001", local(f"2024-05-0{day} 12:00") + 1, FAST[:1], (1.0,)) for day in (1, 2)])
    upkeep.run()
    upkeep.run()
    assert len(in_rows(database)) == 1
    assert [task.named(BERLIN) for task in upkeep.problems] == ["hp-001 2024-05-01"]
    assert caplog.text.count("hp-001 2024-05-01 stays as it is") == 1


def test_a_failing_disk_is_told_once_and_tried_again(database, pump, caplog):
    keep(database, polls(5, local("2024-05-01 00:00"), local("2024-05-02 00:00"), step_s=600))
    upkeep = Upkeep(database, BERLIN, Clock(local("2024-05-02 01:00")))
    database.connection().execute("PRAGMA query_only = ON")
    upkeep.run()
    upkeep.run()
    assert caplog.text.count("it is tried again") == 1
    assert "readonly" in upkeep.failure
    database.connection().execute("PRAGMA query_only = OFF")
    upkeep.run()
    assert upkeep.failure is None
    assert dates(database) == [("2024-05-01", "2024-05-01")]


def test_what_the_owner_does_not_keep_goes_hours_last(database, pump):
    keep(database, polls(6, local("2024-05-01 00:00"), local("2024-05-09 00:00"), step_s=600))
    with database.transaction() as db:
        retention.choose(db, "raw", 3)
        retention.choose(db, "hourly", 6)
    Upkeep(database, BERLIN, Clock(local("2024-05-09 01:00"))).run()
    kept = database.connection().execute("SELECT times IS NOT NULL AS raw FROM blocks ORDER BY since").fetchall()
    assert [row["raw"] for row in kept] == [0, 0, 0, 1, 1, 1]
    assert everything(database)[0][0] >= local("2024-05-06 00:00")


def test_a_clock_that_is_wrongly_ahead_does_not_make_the_history_old(database, pump):
    keep(database, polls(6, local("2024-05-01 00:00"), local("2024-05-20 00:00"), step_s=600))
    with database.transaction() as db:
        retention.choose(db, "raw", 10)
        retention.choose(db, "hourly", 30)
    Upkeep(database, BERLIN, Clock(local("2024-05-06 01:00"))).run()
    ahead = Clock(local("2031-01-01 01:00"))
    keep(database, polls(7, local("2030-12-31 12:00"), local("2031-01-01 00:30"), step_s=600))
    Upkeep(database, BERLIN, ahead).run()
    assert everything(database)[0][0] == local("2024-05-01 00:00")
    keep(database, polls(8, local("2031-01-01 00:30"), local("2031-01-09 12:00"), step_s=600))
    ahead.now = local("2031-01-09 12:30")
    Upkeep(database, BERLIN, ahead).run()
    assert everything(database)[0][0] >= local("2030-12-31 12:00")


def test_a_running_system_closes_what_was_missed_without_delaying_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr("app.system.FIRST_UPKEEP_S", 0.1)
    clock = Clock(local("2024-05-03 01:00"))
    system = assemble(Config(tmp_path), clock)
    with system.database.transaction() as db:
        heatpumps.put(db, HeatPump("hp-001", "A", "idm", "x", {"host": "a", "port": 1, "unit_id": 1}, {}, False, 1, 1))
    keep(system.database, polls(7, local("2024-05-01 00:00"), local("2024-05-03 00:00")))
    before = everything(system.database)
    system.start()
    eventually(lambda: in_rows(system.database) == [])
    assert len(dates(system.database)) == 2
    assert everything(system.database) == before
    keep(system.database, polls(8, local("2024-04-01 00:00"), local("2024-04-20 00:00")))
    closing = threading.Thread(target=system.upkeep.run)
    closing.start()
    begun = time.monotonic()
    assert system.stop(5)
    closing.join(10)
    assert time.monotonic() - begun < 5
