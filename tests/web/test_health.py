"""What watchers are told: whether the program lives, whether what it reads is kept, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from time import monotonic

import pytest
from flask import Flask

from app.polling import poller
from app.store.heatpumps import HeatPump
from app.system import System
from tests.disk import full_disk
from tests.web.people import Visitor


@pytest.fixture
def running(system: System) -> Iterator[System]:
    """Its scheduler runs; nothing else does."""
    system.poller.start()
    yield system
    system.poller.stop(5)


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    return Visitor(app)


def test_a_program_that_works_says_so_to_anybody(running: System, stranger: Visitor) -> None:
    answer = stranger.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "live": True, "ready": True})
    for half in ("live", "ready"):
        answer = stranger.get(f"/healthz/{half}")
        assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_before_its_scheduler_runs_it_is_alive_and_not_ready(stranger: Visitor) -> None:
    answer = stranger.get("/healthz")
    reason = "the scheduler is not running yet"
    assert (answer.status_code, answer.json) == (
        503,
        {"status": "error", "reason": reason, "live": True, "ready": False},
    )
    assert stranger.get("/healthz/live").status_code == 200
    assert stranger.get("/healthz/ready").json == {"status": "error", "reason": reason}


def test_a_full_disk_is_no_reason_to_restart(running: System, stranger: Visitor) -> None:
    with full_disk(running.database.path.stat().st_size):
        answer = stranger.get("/healthz")
    assert answer.status_code == 503
    assert answer.json["reason"] in (
        "nothing can be kept: database or disk is full",
        "nothing can be kept: disk I/O error",
    )
    assert (answer.json["live"], answer.json["ready"]) == (True, False)
    assert stranger.get("/healthz/live").status_code == 200


def test_a_damaged_database_is_told_without_its_place(running: System, stranger: Visitor) -> None:
    running.database.close()
    running.database.path.write_bytes(b"no database at all, but something else of some length" * 100)
    answer = stranger.get("/healthz")
    assert answer.status_code == 503
    assert "database" in answer.json["reason"]
    assert str(running.config.folder) not in answer.text


def test_strangers_cannot_wear_the_disk(running: System, stranger: Visitor) -> None:
    log = running.database.path.with_name("monitor.db-wal")
    stranger.get("/healthz")
    written = log.stat().st_size
    for _ in range(20):
        assert stranger.get("/healthz").status_code == 200
    assert log.stat().st_size == written


def test_nothing_about_the_heat_pumps_is_said(running: System, stranger: Visitor, add: Callable[..., HeatPump]) -> None:
    add()
    assert stranger.get("/healthz").json == {"status": "ok", "live": True, "ready": True}


def test_a_scheduler_that_is_stuck_is_not_alive(
    running: System, stranger: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "STILL_S", 0.3)
    stuck, over = threading.Event(), monotonic() + 20
    running.poller._scheduler.add_listener(
        lambda event: stuck.wait(20)
    )  # its own thread waits in the middle of its work
    try:
        while stranger.get("/healthz/live").status_code == 200:
            assert monotonic() < over
        assert "the scheduler has begun nothing for" in stranger.get("/healthz/live").json["reason"]
        answer = stranger.get("/healthz")
        assert (answer.json["live"], answer.json["ready"]) == (False, False)
    finally:
        stuck.set()
