"""The owner's meters beside a heat pump that is polled: kept with its readings, and never in its way."""

from __future__ import annotations

import logging
import time

from app.services import meters, status
from app.store import readings
from tests.history import polls_kept
from tests.polling.conftest import add
from tests.waiting import eventually
from tests.web_server import PASSWORD, WebServer, silence

POWER = "meter_electric_power"


def metered(system, pump, server, **more):
    sent = {"kind": "json", "side": "electric", "address": f"{server.address}/v", "power": {"at": "/p", "unit": "W"}}
    return meters.add(system, pump, sent | more)


def stored(system, pump, sensor=POWER):
    now = int(time.time())
    rows = readings.samples(system.database.connection(), pump.id, [sensor], now - 600, now + 600)
    return [(at, value) for at, (value,) in rows if value is not None]


def test_what_a_meter_shows_is_kept_and_shown_with_the_heat_pump_s_values(polling, simulated):
    with WebServer({"/v": {"p": 1234.5}}) as server:
        pump = add(polling, simulated().port)
        metered(polling, pump, server)
        eventually(lambda: len(stored(polling, pump)) >= 2)
    assert {value for _, value in stored(polling, pump)} == {1.2345}
    assert polling.latest.of(pump.id)[POWER].value == 1.2345


def test_a_meter_that_hangs_neither_delays_nor_fails_the_heat_pump(polling, simulated):
    with WebServer({}) as server:
        server.pages["/v"] = silence(lambda: server)
        pump = add(polling, simulated().port)
        metered(polling, pump, server)
        eventually(lambda: server.asked)
        before = polls_kept(polling.database.connection(), pump.id)
        eventually(lambda: polls_kept(polling.database.connection(), pump.id) >= before + 3)
        assert len(server.asked) == 1  # it is not asked again before it has answered
        assert status.of(polling, pump).state == "online"
        assert POWER not in polling.latest.of(pump.id)


def test_a_meter_goes_on_while_the_heat_pump_is_away(polling, simulated):
    machine = simulated()
    with WebServer({"/v": {"p": 1000}}) as server:
        pump = add(polling, machine.port)
        metered(polling, pump, server)
        eventually(lambda: stored(polling, pump))
        machine.stop()
        eventually(lambda: status.of(polling, pump).state == "offline")
        lost = status.of(polling, pump).since
        eventually(lambda: any(at > lost for at, _ in stored(polling, pump)))
        assert status.of(polling, pump).state == "offline"
        assert polling.latest.last_seen(pump.id) <= lost + 1


def test_a_meter_with_an_interval_of_its_own_is_asked_less_often(polling, simulated):
    with WebServer({"/v": {"p": 1000}}) as server:
        pump = add(polling, simulated().port)
        metered(polling, pump, server, interval=3600)
        before = polls_kept(polling.database.connection(), pump.id)
        eventually(lambda: polls_kept(polling.database.connection(), pump.id) >= before + 4)
        assert len(server.asked) == 1
        eventually(lambda: POWER in polling.latest.of(pump.id))
        assert polling.latest.of(pump.id)[POWER].value == 1.0  # and stays shown


def test_a_lost_meter_is_told_once_in_the_log_and_without_its_secret(polling, simulated, caplog):
    caplog.set_level(logging.INFO, "app")
    with WebServer({"/v": {"p": 1}}, "basic") as server:
        pump = add(polling, simulated().port)
        metered(polling, pump, server, user="somebody", secret=PASSWORD)
        eventually(lambda: len(server.asked) >= 5)
        server.protection = ""
        eventually(lambda: POWER in polling.latest.of(pump.id))
    told = [record.getMessage() for record in caplog.records if POWER in record.getMessage()]
    assert sum("is lost" in each for each in told) == 1
    assert any("is back" in each for each in told)
    assert not any(PASSWORD in each for each in told)


def test_a_meter_that_is_removed_is_asked_no_more(polling, simulated):
    with WebServer({"/v": {"p": 1000}}) as server:
        pump = add(polling, simulated().port)
        own = metered(polling, pump, server)
        eventually(lambda: server.asked)
        meters.remove(polling, pump, own.id)
        time.sleep(0.3)
        asked = len(server.asked)
        before = polls_kept(polling.database.connection(), pump.id)
        eventually(lambda: polls_kept(polling.database.connection(), pump.id) >= before + 3)
        assert len(server.asked) == asked
