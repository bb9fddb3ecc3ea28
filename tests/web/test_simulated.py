"""Trying the product out: simulated heat pumps that answer, are marked, come back after a restart, and go."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app import create_app
from app.config import Config
from app.services import heatpumps
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from tests.history import polls_kept
from tests.waiting import eventually
from tests.web.people import Visitor, account


@contextmanager
def running(folder: Path) -> Iterator[System]:
    """The installation in this folder."""
    system = assemble(Config(folder, interval=1.0))
    system.start()
    try:
        yield system
    finally:
        system.stop(5)


def visitor(system: System, name: str) -> Visitor:
    somebody = Visitor(create_app(system, "a secret of this test"))
    somebody.sign_in(name)
    return somebody


def ports(system: System) -> list[int]:
    return [pump.connection["port"] for pump in heatpumps.all_of_them(system)]


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_simulated_heat_pump_lives_is_marked_comes_back_and_goes(tmp_path: Path) -> None:
    with running(tmp_path) as system:
        account(system, "berta", "owner")
        account(system, "viktor", "viewer")
        owner, viewer = visitor(system, "berta"), visitor(system, "viktor")
        assert "Try it with simulated heat pumps" in owner.get("/").text
        assert "Try it with simulated heat pumps" not in viewer.get("/").text
        assert viewer.post("/simulated/").status_code == 403
        assert owner.post("/simulated/").status_code == 302
        pumps = heatpumps.all_of_them(system)
        assert [pump.name for pump in pumps] == [
            "Terraced house (simulated)",
            "Workshop (simulated)",
            "Kindergarten (simulated)",
        ]
        assert owner.get("/").text.count('<span class="tag">simulated</span>') == 3
        assert all(polls_kept(system.database.connection(), pump.id) >= 288 for pump in pumps)
        assert eventually(lambda: all(_polled(system, pump.id) for pump in pumps), 20)
        assert owner.post("/simulated/").status_code == 409
        assert len(heatpumps.all_of_them(system)) == 3
        before = ports(system)
    assert not any(answers(port) for port in before)

    with running(tmp_path) as system:
        assert eventually(lambda: all(_polled(system, pump.id) for pump in pumps), 20)
        assert system.database.connection().execute("SELECT count(*) FROM outages").fetchone()[0] == 0
        gone = ports(system)[0]
        assert visitor(system, "berta").post(f"/heatpumps/{pumps[0].id}/remove").status_code == 302
        system.simulation.follow()
        assert not answers(gone)
        assert polls_kept(system.database.connection(), pumps[0].id) == 0
        assert len(system.simulation.ids()) == 2


def _polled(system: System, heatpump_id: str) -> bool:
    reader = system.poller.reader(heatpump_id)
    return reader is not None and reader.last is not None


def test_real_heat_pumps_are_not_joined_by_simulated_ones(
    system: System, owner: Visitor, add: Callable[..., HeatPump]
) -> None:
    add()
    assert "Try it with" not in owner.get("/").text
    assert owner.post("/simulated/").status_code == 409
    assert len(heatpumps.all_of_them(system)) == 1
    assert system.simulation.ids() == frozenset()
