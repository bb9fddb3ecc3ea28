"""`/metrics` over HTTP: who gets it, and what a scraper hears that does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import Visitor, tell

TOKEN = "a-token-of-this-test"


@pytest.fixture
def guarded(system: System) -> None:
    system.config = replace(system.config, metrics_token=TOKEN)


def scrape(app: Flask, authorization: str | None = None):
    return app.test_client().get("/metrics", headers={"Authorization": authorization} if authorization else {})


def test_a_scraper_with_the_token_gets_the_values(
    guarded: None, app: Flask, system: System, add: Callable[..., HeatPump]
) -> None:
    tell(system, add(enabled=True), NOW, {"temp_outside": -2.5})
    answer = scrape(app, f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=")
    assert "idm_heatpump_temp_outside{" in answer.text
    assert answer.text.split("idm_heatpump_temp_outside{")[1].splitlines()[0].endswith("} -2.5")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("authorization", [None, "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN} x"])
def test_a_scraper_without_it_learns_what_is_missing(
    guarded: None, app: Flask, visitor: Visitor, authorization: str | None
) -> None:
    answer = scrape(app, authorization)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "metrics_token" in answer.text
    assert "idm_heatpump" not in answer.text


def test_the_token_opens_nothing_else(guarded: None, app: Flask, visitor: Visitor) -> None:
    for path, status in (("/", 302), ("/api/data", 401), ("/heatpumps/hp-001", 302)):
        assert app.test_client().get(path, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == status


def test_everybody_with_an_account_may_look(viewer: Visitor) -> None:
    assert viewer.get("/metrics").status_code == 200


def test_it_can_only_be_read(owner: Visitor) -> None:
    assert owner.send("POST", "/metrics").status_code == 405
