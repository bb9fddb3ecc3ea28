"""From a heat pump on a real socket into the store, over good and bad times."""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing

import pytest

from app.config import Config
from app.services import heatpumps, status
from app.store import readings
from app.system import assemble
from tests.disk import full_disk
from tests.history import polls_kept
from tests.polling.conftest import add
from tests.waiting import eventually


def kept(system, pump):
    return polls_kept(system.database.connection(), pump.id)


def test_a_heat_pump_is_read_stored_and_known_in_memory(polling, simulated):
    pump = add(polling, simulated(pinned={"temp_outside": -7.5}).port)
    eventually(lambda: kept(polling, pump) >= 2)
    stored = readings.latest(polling.database.connection(), pump.id)
    assert stored["temp_outside"].value == -7.5
    assert stored["temp_hot_water_target"].value == pytest.approx(50, abs=10)
    assert polling.latest.of(pump.id)["temp_outside"].value == -7.5
    assert status.of(polling, pump).state == "online"


def test_settings_are_read_less_often_than_measured_values(polling, simulated):
    pump = add(polling, simulated().port)
    eventually(lambda: kept(polling, pump) >= 7)
    rows = polling.database.connection().execute(
        "SELECT layout_id, count(*) AS polls FROM polls GROUP BY layout_id ORDER BY layout_id"
    )
    full, fast = (row["polls"] for row in rows)
    assert fast > full >= 2


def test_a_lost_heat_pump_is_told_once_and_comes_back_by_itself(polling, simulated, caplog):
    caplog.set_level(logging.INFO, "app")
    simulator = simulated()
    pump = add(polling, simulator.port)
    eventually(lambda: kept(polling, pump) >= 1)
    simulator.stop()
    eventually(lambda: status.of(polling, pump).state == "offline")
    lost = status.of(polling, pump)
    assert lost.since is not None
    assert abs(lost.since - time.time()) < 30
    assert f"127.0.0.1:{simulator.port}" in str(lost.reason)
    before = kept(polling, pump)
    time.sleep(2.5)
    assert kept(polling, pump) == before
    assert status.of(polling, pump).since == lost.since

    simulated(port=simulator.port)
    eventually(lambda: status.of(polling, pump).state == "online")
    eventually(lambda: kept(polling, pump) > before)
    told = [record.getMessage() for record in caplog.records if pump.id in record.getMessage()]
    assert [("lost" in line, "back" in line) for line in told] == [(True, False), (False, True)]


def test_since_when_it_is_lost_survives_a_restart(tmp_path, silent_ports):
    config = Config(tmp_path, interval=1)
    first = assemble(config)
    first.start()
    pump = add(first, silent_ports[0])
    eventually(lambda: status.of(first, pump).state == "offline")
    since = status.of(first, pump).since
    first.stop(5)
    second = assemble(config)
    second.start()
    time.sleep(1.5)
    assert status.of(second, pump).since == since
    second.stop(5)


def test_heat_pumps_that_hang_delay_no_other(polling, simulated, silent_ports):
    for port in silent_ports:
        add(polling, port, timeout=2)
    good = add(polling, simulated().port)
    eventually(lambda: kept(polling, good) >= 1, within_s=60)
    before, begun = kept(polling, good), time.monotonic()
    eventually(lambda: kept(polling, good) >= before + 5, within_s=60)
    assert time.monotonic() - begun < 15


def test_the_end_waits_for_a_running_poll_and_keeps_its_reading(tmp_path, simulated):
    simulator = simulated(delay_s=0.02)
    system = assemble(Config(tmp_path, interval=60))
    system.start()
    pump = add(system, simulator.port)
    eventually(lambda: simulator.requests > 3)
    assert system.stop(10)
    reopened = assemble(Config(tmp_path))
    assert kept(reopened, pump) == 1
    reopened.database.close()


def test_the_end_does_not_wait_for_one_that_hangs(tmp_path, silent_ports):
    system = assemble(Config(tmp_path, interval=60))
    system.start()
    add(system, silent_ports[0], timeout=4)
    time.sleep(0.5)
    begun = time.monotonic()
    assert not system.stop(0.3)
    assert time.monotonic() - begun < 3.5  # before its time-out
    time.sleep(4)  # its thread ends with the time-out; nothing may be written then


def test_a_change_takes_effect_at_once(polling, simulated):
    first, second = simulated(pinned={"temp_outside": 1.0}), simulated(pinned={"temp_outside": 2.0})
    pump = add(polling, first.port)
    eventually(lambda: kept(polling, pump) >= 1)
    heatpumps.change(polling, pump.id, {"connection_config": {"port": second.port}})
    eventually(lambda: polling.latest.of(pump.id)["temp_outside"].value == 2.0)
    heatpumps.change(polling, pump.id, {"enabled": False})
    time.sleep(1.2)
    asked = second.requests
    time.sleep(2)
    assert second.requests == asked
    assert status.of(polling, heatpumps.get(polling, pump.id)).state == "disabled"


def test_what_another_process_adds_is_polled_soon(polling, tmp_path, simulated, monkeypatch):
    other = assemble(Config(tmp_path))
    pump = add(other, simulated().port)
    other.database.close()
    eventually(lambda: kept(polling, pump) >= 1, within_s=20)


def test_the_figures_of_today_do_not_wait_for_long_work_in_the_background(tmp_path, simulated, monkeypatch):
    monkeypatch.setattr("app.system.FIRST_UPKEEP_S", 0.0)
    monkeypatch.setattr("app.system.FIRST_GLANCE_S", 0.5)
    system = assemble(Config(tmp_path))
    pump = add(system, simulated().port)
    with system.daily._turn:  # as if it had years to compute
        system.start()
        try:
            eventually(lambda: system.glance.of(pump.id) is not None)
            assert system.looked_after_at is None
        finally:
            system.daily.stop()
    system.stop(5.0)


def test_a_heat_pump_removed_in_the_middle_of_a_poll_leaves_no_trace(polling, simulated, caplog):
    simulator = simulated(delay_s=0.05)
    pump = add(polling, simulator.port)
    eventually(lambda: simulator.requests > 3)
    heatpumps.remove(polling, pump.id)
    time.sleep(3)
    assert polling.database.connection().execute("SELECT count(*) FROM polls").fetchone()[0] == 0
    assert polling.latest.of(pump.id) == {}
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_heat_pump_that_another_program_removes_is_let_go_without_an_error(polling, simulated, caplog):
    pump = add(polling, simulated().port)
    eventually(lambda: kept(polling, pump) >= 1)
    with closing(sqlite3.connect(polling.database.path)) as another:
        another.execute("PRAGMA foreign_keys = ON")
        another.execute("DELETE FROM heatpumps WHERE id = ?", (pump.id,))
        another.commit()
    time.sleep(2.5)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert polling.database.connection().execute("SELECT count(*) FROM polls").fetchone()[0] == 0


def test_a_failed_write_to_the_disk_stops_neither_this_heat_pump_nor_the_others(polling, simulated, monkeypatch):
    pump = add(polling, simulated().port)
    eventually(lambda: kept(polling, pump) >= 1)
    with monkeypatch.context() as broken:
        broken.setattr(readings, "add", lambda *_: (_ for _ in ()).throw(OSError("no space left")))
        time.sleep(2.5)
    before = kept(polling, pump)
    eventually(lambda: kept(polling, pump) > before)


def test_a_full_disk_is_told_once_and_the_last_values_go_on(polling, simulated, caplog):
    caplog.set_level(logging.INFO, "app")
    pump = add(polling, simulated().port)
    eventually(lambda: kept(polling, pump) >= 1)
    with full_disk(1000):
        eventually(lambda: "nothing is kept" in caplog.text)
        seen = polling.latest.last_seen(pump.id)
        eventually(lambda: polling.latest.last_seen(pump.id) > seen + 1)
        assert status.of(polling, pump).state == "online"
    before = kept(polling, pump)
    eventually(lambda: kept(polling, pump) > before)
    eventually(lambda: "is kept again" in caplog.text)
    assert caplog.text.count("nothing is kept") == 1
