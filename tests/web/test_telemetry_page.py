"""The owner sees what would be shared before it is, and reads what was."""

from __future__ import annotations

import html
import json
from collections.abc import Callable

from app.services import telemetry
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import Visitor, tell

ENDPOINT = "https://example.org/telemetry"


def test_the_page_shows_the_payload_before_it_can_be_switched_on(
    owner: Visitor, system: System, add: Callable[..., HeatPump]
) -> None:
    pump = add("Kindergarten", enabled=True)
    tell(system, pump, NOW, {"temp_outside": -2.5})
    page = owner.get("/telemetry/").text
    assert "Nothing leaves this box" in page and "Switch on" not in page
    assert owner.post("/telemetry/", {"endpoint": ENDPOINT, "heatpump": [pump.id]}).status_code == 302
    page = html.unescape(owner.get("/telemetry/").text)
    assert (telemetry.preview(system) or "-") in page
    assert '"temp_outside": -2.5' in page
    assert "Nothing leaves this box" in page  # still off
    owner.post("/telemetry/on")
    assert "The next values go at" in owner.get("/telemetry/").text
    owner.post("/telemetry/off")
    assert not telemetry.state(system).enabled
    owner.post("/telemetry/forget")
    assert telemetry.state(system).installation_id is None


def test_a_wrong_address_is_told_at_its_field_and_the_ticks_stay(owner: Visitor, add: Callable[..., HeatPump]) -> None:
    pump = add("Kindergarten")
    answer = owner.post("/telemetry/", {"endpoint": "example.org", "heatpump": [pump.id]})
    assert answer.status_code == 400
    assert "Must be an address such as https://example.org" in answer.text
    assert f'value="{pump.id}" checked' in answer.text


def test_switching_on_before_choosing_is_refused(owner: Visitor, system: System) -> None:
    assert owner.post("/telemetry/on").status_code == 409
    assert owner.send("PUT", "/api/telemetry", {"enabled": True}).status_code == 409
    assert not telemetry.state(system).enabled


def test_the_same_as_json(owner: Visitor, system: System, add: Callable[..., HeatPump]) -> None:
    pump = add("Kindergarten")
    answer = owner.send("PUT", "/api/telemetry", {"endpoint": ENDPOINT, "heatpumps": [pump.id], "enabled": True})
    assert answer.status_code == 200
    state = owner.get("/api/telemetry").json
    assert (state["enabled"], state["endpoint"], state["heatpumps"]) == (True, ENDPOINT, [pump.id])
    assert state["preview"] == json.loads(telemetry.preview(system) or "")
    assert owner.send("PUT", "/api/telemetry", {"heatpumps": "all"}).status_code == 400
    assert owner.send("PUT", "/api/telemetry", {"enabled": "yes"}).status_code == 400
    assert owner.send("PUT", "/api/telemetry", {"name": 1}).status_code == 400
    assert owner.send("DELETE", "/api/telemetry").status_code == 204
    assert owner.get("/api/telemetry").json["installation_id"] is None


def test_only_owners_share(viewer: Visitor) -> None:
    assert viewer.get("/telemetry/").status_code == 403
    assert viewer.post("/telemetry/on").status_code == 403
    assert viewer.get("/api/telemetry").status_code == 403
