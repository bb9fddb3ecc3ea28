"""The whole way: from a heat pump on a socket to VictoriaMetrics, which no poll ever waits for."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from app.config import Config
from app.services import heatpumps
from app.store import outbox, readings
from app.system import assemble
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.history import polls_kept
from tests.waiting import eventually


@pytest.fixture
def polling(tmp_path, idm, catalogue):
    """Start a system that polls one simulated heat pump every second: polling(victoriametrics=…)."""
    model = catalogue.named("idm/navigator_2_0")
    running = []
    with ModbusSimulator(model, {"circuits": ["A"]}, Plant(1, start=1_700_000_000)) as simulator:

        def start(**settings):
            system = assemble(Config(tmp_path, interval=1, slow_interval=3, **settings))
            running.append(system)
            system.catalogue = catalogue
            system.pusher._settle_s = 0.1  # nobody was killed before
            heatpumps.add(
                system,
                idm | {"connection_config": {"host": "127.0.0.1", "port": simulator.port}, "enabled": True},
            )
            system.start()
            return system

        yield start
        for system in running:
            system.stop(5)


def test_every_reading_is_delivered_and_every_value_is_what_was_kept(server, polling, box):
    system = polling(victoriametrics=server.address, box=box)
    eventually(lambda: system.pusher.counts.samples > 100)
    db = system.database.connection()
    eventually(lambda: len(server.samples(box).get("temp_outside", ())) >= 2)
    found = server.samples(box)
    kept = dict(readings.samples(db, "hp-001", ["temp_outside"], 0, 1 << 40))
    assert all([value] == kept[at] for at, value in found["temp_outside"])
    assert len({at for at, _ in found["temp_outside"]}) == len(found["temp_outside"])
    assert {value for _, value in found["operating_mode heating"]} <= {0, 1}


def test_a_receiver_that_never_answers_delays_no_poll(polling):
    with closing(socket.socket()) as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        system = polling(victoriametrics=f"http://127.0.0.1:{silent.getsockname()[1]}")
        eventually(lambda: polls_kept(system.database.connection(), "hp-001") >= 3, within_s=15)
        assert outbox.length(system.database.connection()) >= 3
        reader = system.poller.reader("hp-001")
        assert reader.counts.polls >= 3
        assert reader.counts.failures == 0
        assert system.poller.late_s("hp-001") < 5
