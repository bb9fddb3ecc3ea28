"""How polls are counted and how late they begin: what the product says about itself."""

from __future__ import annotations

import socket
from contextlib import closing

from app.config import Config
from app.services import heatpumps
from app.system import assemble
from tests.polling.conftest import add
from tests.waiting import eventually


def test_good_and_failed_polls_are_counted_per_heat_pump(tmp_path, simulated):
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))  # and does not listen
        system = assemble(Config(tmp_path, interval=1))
        lost, good = add(system, unused.getsockname()[1]), add(system, simulated().port)
        system.start()
        counts = {pump.id: system.poller.reader(pump.id).counts for pump in (lost, good)}
        eventually(lambda: counts[lost.id].failures >= 1)
        eventually(lambda: counts[good.id].polls >= 1)
        system.stop(5)
    assert counts[lost.id].failures == counts[lost.id].polls
    assert counts[good.id].failures == 0


def test_how_late_a_poll_began_is_known_and_forgotten_with_its_heat_pump(tmp_path, simulated):
    system = assemble(Config(tmp_path, interval=1))
    pump = add(system, simulated().port)
    assert system.poller.late_s(pump.id) is None
    system.start()
    eventually(lambda: system.latest.of(pump.id))
    assert 0 <= system.poller.late_s(pump.id) < 10
    assert system.poller.waiting() in (0, 1)
    heatpumps.remove(system, pump.id)
    assert system.poller.late_s(pump.id) is None
    system.stop(5)
