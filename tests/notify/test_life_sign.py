"""The sign of life: sent while readings are kept, tried a few times, in nobody's way, its address told to nobody."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from app.config import Config
from app.notify.life_sign import LifeSign
from app.system import assemble
from tests.servers import refusing_port
from tests.waiting import eventually
from tests.web_server import WebServer, redirect

PATH = "/ping/5f3c?status=up"


def sign(address: str, kept: Callable[[], bool] = lambda: True, every_s: float = 0.05) -> LifeSign:
    return LifeSign(address, every_s, kept, pauses_s=(0.0, 0.0), look_s=0.02)


def test_the_address_is_asked_again_and_again_while_readings_are_kept() -> None:
    kept = [False]
    with WebServer({PATH: b"OK"}) as watcher:
        life = sign(watcher.address + PATH, lambda: kept[0])
        life.start()
        time.sleep(0.3)
        assert not watcher.asked
        kept[0] = True
        assert eventually(lambda: len(watcher.asked) >= 3)
        kept[0] = False
        assert eventually(lambda: _still(watcher))
        life.stop()
        life._thread.join(10)
    assert set(watcher.asked) == {PATH}


def _still(watcher: WebServer) -> bool:
    before = len(watcher.asked)
    time.sleep(0.3)
    return len(watcher.asked) == before


def test_a_failure_is_tried_again_and_said_once_without_the_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with refusing_port() as port:
        life = sign(f"http://127.0.0.1:{port}{PATH}")
        assert not life.send()
        assert not life.send()
    assert len(caplog.records) == 1
    assert f"127.0.0.1:{port}" in caplog.text
    assert "5f3c" not in caplog.text


def test_the_second_try_may_succeed() -> None:
    answers = [503, 200]

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(answers.pop(0))
        request.end_headers()

    with WebServer({PATH: answer}) as watcher:
        assert sign(watcher.address + PATH).send()
    assert len(watcher.asked) == 2


def test_it_is_sent_nowhere_else(caplog: pytest.LogCaptureFixture) -> None:
    with WebServer({"/": b"OK"}) as other, WebServer({PATH: redirect(other.address)}) as watcher:
        assert not sign(watcher.address + PATH).send()
    assert other.asked == []
    assert "it answered 302" in caplog.text


def test_an_installation_without_readings_sends_none(tmp_path: Path) -> None:
    with WebServer({PATH: b"OK"}) as watcher:
        system = assemble(Config(tmp_path, ping_url=watcher.address + PATH, ping_minutes=1))
        assert system.life_sign is not None
        assert not system.life_sign._kept()
        assert "5f3c" not in repr(system.config)
        system.database.close()
    assert watcher.asked == []
