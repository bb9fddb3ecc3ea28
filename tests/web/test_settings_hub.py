"""The settings hub: where every setting is found, and the small ones that are changed right there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from app.config import load
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from tests.servers import refusing_port
from tests.web.applications import application
from tests.web.people import Visitor, account
from tests.web.test_analysis_page import FIRST, live


def test_every_setting_is_found_with_how_it_stands(owner: Visitor) -> None:
    page = owner.get("/settings/").text
    for address, state in (
        ("/alerts/channels/", "None yet: alerts are shown here, but nobody is told."),
        ("/retention/", "Everything is kept for good."),
        ("/backup/", "Nightly backups are off."),
        ("/settings/victoriametrics", "Not used: the history lies in the own database."),
        ("/tariffs/", "None: no costs are shown."),
        ("/settings/program", "As usual."),
        ("/settings/mqtt", "Not used."),
        ("/people/", "1 account"),
        ("/telemetry/", "Off: nothing is shared."),
    ):
        assert f'href="{address}"' in page
        assert state in page


def test_a_viewer_finds_only_what_is_theirs(viewer: Visitor) -> None:
    page = viewer.get("/settings/").text
    assert "Appearance" in page
    for address in ("/backup/", "/retention/", "/settings/program", "/system/", "/settings/victoriametrics"):
        assert f'href="{address}"' not in page
        assert viewer.get(address).status_code == 403
    assert viewer.post("/settings/currency", {"currency": "CHF"}).status_code == 403


def test_the_appearance_is_kept_with_the_account(owner: Visitor, viewer: Visitor) -> None:
    assert "data-theme=" not in owner.get("/").text
    assert owner.post("/settings/appearance", {"theme": "dark"}).status_code == 302
    assert 'data-bs-theme="light" data-theme="dark">' in owner.get("/").text
    assert "data-theme=" not in viewer.get("/").text
    assert owner.post("/settings/appearance", {"theme": "pink"}).status_code == 400
    assert 'data-theme="dark"' in owner.get("/jobs/").text


def test_amounts_are_marked_with_the_chosen_currency(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    live(system, add(), FIRST, 3)
    tariff = {"since": "2025-01-01", "prices": [{"per_kwh": 0.3}]}
    assert owner.send("POST", "/api/tariffs", tariff).status_code in (200, 201)
    assert "0.3\u00a0€/kWh since 1 Jan 2025." in owner.get("/settings/").text
    owner.post("/settings/currency", {"currency": "CHF"})
    assert "0.3\u00a0CHF/kWh" in owner.get("/tariffs/").text
    assert "\u00a0CHF<" in owner.get("/heatpumps/hp-001/analysis?period=2025-11").text
    assert "\u00a0CHF" in owner.get("/report/?period=2025-11").text
    assert owner.post("/settings/currency", {"currency": "XXX"}).status_code == 400
    assert "0.3\u00a0CHF/kWh" in owner.get("/tariffs/").text


@pytest.fixture
def configured(tmp_path: Path) -> Iterator[Callable[..., Visitor]]:
    """An owner of an installation with these settings in its file."""
    made: list[System] = []

    def make(content: str, **environment: str) -> Visitor:
        folder = tmp_path / "configured"
        folder.mkdir()
        (folder / "config.yaml").write_text(content, encoding="utf-8")
        system = assemble(load(folder, {f"HEATPUMP_{key}": value for key, value in environment.items()}))
        made.append(system)
        account(system, "berta", "owner")
        visitor = Visitor(application(system))
        visitor.sign_in("berta")
        return visitor

    yield make
    for system in made:
        system.database.close()


def test_what_lies_in_the_file_is_shown_without_its_secrets(
    configured: Callable[..., Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEATPUMP_INTERVAL", "45")
    owner = configured(
        "metrics_token: 0123456789abcdef\nvictoriametrics: http://anna:hushhush@127.0.0.1:9\n", INTERVAL="45"
    )
    page = owner.get("/settings/program").text
    assert "from config.yaml" in page
    assert "from HEATPUMP_INTERVAL" in page
    assert "http://127.0.0.1:9" in page
    assert "3 are not as usual." in owner.get("/settings/").text
    for path in (
        "/settings/",
        "/settings/program",
        "/settings/victoriametrics",
        "/settings/mqtt",
        "/system/",
        "/api/system",
    ):
        answer = owner.get(path).text
        assert "0123456789abcdef" not in answer
        assert "hushhush" not in answer


def test_the_connection_test_says_that_nobody_answers(configured: Callable[..., Visitor]) -> None:
    with refusing_port() as nobody:
        owner = configured(f"victoriametrics: http://anna:hushhush@127.0.0.1:{nobody}\n")
        page = owner.post("/settings/victoriametrics").text
    assert page.count("cannot be reached; check that it runs") == 2
    assert "hushhush" not in page


class Victoria(BaseHTTPRequestHandler):
    """Answers as VictoriaMetrics does, or takes samples only, as vmagent does."""

    readable = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/api/v1/import":
            self.answer(204)
        elif self.readable:
            self.answer(200, b'{"status":"success","data":{"resultType":"vector","result":[]}}')
        else:
            self.answer(400, b"unsupported path")

    def answer(self, code: int, content: bytes = b"") -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: Any) -> None:
        """Nobody reads it."""


@pytest.mark.parametrize(("readable", "works"), [(True, 2), (False, 1)])
def test_the_connection_test_asks_for_both_directions(
    configured: Callable[..., Visitor], readable: bool, works: int
) -> None:
    with HTTPServer(("127.0.0.1", 0), type("Other", (Victoria,), {"readable": readable})) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            owner = configured(f"victoriametrics: http://127.0.0.1:{server.server_port}\n")
            page = owner.post("/settings/victoriametrics").text
        finally:
            server.shutdown()
            thread.join(5)
    assert page.count("it works.") == works
    assert ("refuses with 400: unsupported path" in page) is not readable


def test_without_victoriametrics_nothing_is_tried(owner: Visitor) -> None:
    page = owner.post("/settings/victoriametrics").text
    assert "which needs nothing else" in page
    assert "it works" not in page
