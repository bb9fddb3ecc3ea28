"""The JSON resources of alerts have the same validation as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.services import alerts
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.conftest import NOW
from tests.web.people import Visitor, tell
from tests.web.test_alert_pages import fire

Add = Callable[..., HeatPump]
CONDITION = {"kind": "threshold", "sensor": "temp_hot_water", "comparison": "below", "value": 38}
RULE = {"name": "cold", "conditions": [CONDITION], "severity": "critical"}


def test_a_rule_lives_its_life(owner: Visitor, system: System, add: Add) -> None:
    pump = add(enabled=True)
    made = owner.send("POST", "/api/alerts", RULE)
    assert made.status_code == 201
    path = made.headers["Location"]
    assert owner.get(path).json["says"] == ["Hot water temperature below 38\u00a0°C"]
    changed = owner.send("PUT", path, {"for_s": 60, "heatpump_id": pump.id}).json
    assert (changed["for_s"], changed["heatpump_id"], changed["name"]) == (60, pump.id, "cold")
    owner.send("PUT", path, {"for_s": 0})
    fire(system, pump)
    (event,) = owner.get("/api/alert-events?open=1").json["events"]
    assert event["causes"] == ["Hot water temperature: 20\u00a0°C, below 38\u00a0°C."]
    acknowledged = owner.send("POST", f"/api/alert-events/{event['id']}/acknowledge", {"note": "seen"}).json
    assert (acknowledged["acknowledged_by"], acknowledged["note"]) == ("berta", "seen")
    snoozed = owner.send("POST", f"/api/alert-events/{event['id']}/snooze", {"seconds": 600}).json
    assert snoozed["quiet_until"] == NOW + 600
    assert owner.send("DELETE", path).status_code == 204
    assert owner.get(path).status_code == 404
    assert owner.get(f"/api/alert-events/{event['id']}").json["title"] == "cold"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": None}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"surprise": 1}, "surprise"),
        ({"conditions": []}, "conditions"),
        ({"conditions": "x"}, "conditions"),
        ({"conditions": [CONDITION] * 6}, "conditions"),
        ({"conditions": [7]}, "conditions.0"),
        ({"conditions": [{**CONDITION, "kind": "magic"}]}, "conditions.0.kind"),
        ({"conditions": [{**CONDITION, "kind": ["x"]}]}, "conditions.0.kind"),
        ({"conditions": [{**CONDITION, "value": "38"}]}, "conditions.0.value"),
        ({"conditions": [{**CONDITION, "value": True}]}, "conditions.0.value"),
        ({"conditions": [{**CONDITION, "value": 1e300}]}, "conditions.0.value"),
        ({"conditions": [CONDITION, {**CONDITION, "sensor": None}]}, "conditions.1.sensor"),
        ({"conditions": [{**CONDITION, "sensor": ["x"]}]}, "conditions.0.sensor"),
        ({"conditions": [{**CONDITION, "comparison": "beside"}]}, "conditions.0.comparison"),
        ({"conditions": [{**CONDITION, "against": "nothing"}]}, "conditions.0.against"),
        ({"conditions": [{**CONDITION, "window_s": 60}]}, "conditions.0.window_s"),
        ({"conditions": [{"kind": "no_data", "window_s": 5}]}, "conditions.0.window_s"),
        ({"conditions": [{"kind": "offline", "value": 3}]}, "conditions.0.value"),
        ({"for_s": -1}, "for_s"),
        ({"for_s": "long"}, "for_s"),
        ({"severity": "deadly"}, "severity"),
        ({"severity": ["critical"]}, "severity"),
        ({"repeat_s": 10}, "repeat_s"),
        ({"enabled": "yes"}, "enabled"),
        ({"advice": "x" * 501}, "advice"),
        ({"advice": 7}, "advice"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_kept(
    owner: Visitor, system: System, add: Add, change: dict[str, Any], field: str
) -> None:
    add()
    before = len(alerts.all_of_them(system))
    answer = owner.send("POST", "/api/alerts", RULE | change)
    assert (answer.status_code, answer.json["field"]) == (400, field)
    assert len(alerts.all_of_them(system)) == before


def test_a_back_test_by_json_keeps_nothing(owner: Visitor, system: System, add: Add) -> None:
    pump = add()
    for minute, value in ((5, 50.0), (4, 30.0), (3, 50.0)):
        tell(system, pump, NOW - minute * 60, {"temp_hot_water": value})
    answer = owner.send("POST", "/api/alerts/test", RULE).json
    assert (answer["days"], answer["times"]) == (90, 1)
    assert answer["heatpumps"][0]["events"] == [{"since": NOW - 240, "opened_at": NOW - 240, "closed_at": NOW - 180}]
    assert all(alert.builtin for alert in alerts.all_of_them(system))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "pigeon"}, "kind"),
        ({"kind": "webhook", "fields": {"url": "ftp://x"}}, "fields.url"),
        ({"kind": "webhook", "fields": {"url": "http://"}}, "fields.url"),
        ({"kind": "webhook", "fields": {"url": "http://x\nHost: y"}}, "fields.url"),
        ({"kind": "webhook", "fields": {"url": 7}}, "fields.url"),
        ({"kind": "webhook", "fields": {}}, "fields.url"),
        ({"kind": "webhook", "fields": {"url": "http://x", "extra": "y"}}, "fields.extra"),
        ({"kind": "apprise", "fields": {"url": "syslog://"}}, "fields.url"),
        ({"kind": "email", "fields": {"host": "a/b", "from": "a@b.de", "to": "c@d.de"}}, "fields.host"),
        ({"kind": "email", "fields": {"host": "a", "port": "0", "from": "a@b.de", "to": "c@d.de"}}, "fields.port"),
        ({"kind": "webhook", "fields": {"url": "http://x"}, "quiet_from": 10}, "quiet_to"),
        ({"kind": "webhook", "fields": {"url": "http://x"}, "quiet_from": 1440, "quiet_to": 3}, "quiet_from"),
        ({"kind": "webhook", "fields": {"url": "http://x"}, "language": "fr"}, "language"),
        ({"kind": "webhook", "fields": {"url": "http://x"}, "least_severity": "none"}, "least_severity"),
        ({"kind": "webhook", "fields": {"url": "http://x"}, "enabled": 1}, "enabled"),
        ({"kind": "webhook", "fields": []}, "fields"),
    ],
)
def test_a_wrong_channel_is_named_and_not_kept(owner: Visitor, sent: dict[str, Any], field: str) -> None:
    answer = owner.send("POST", "/api/channels", sent)
    assert (answer.status_code, answer.json["field"]) == (400, field)
    assert owner.get("/api/channels").json["channels"] == []


def test_a_channel_lives_its_life(owner: Visitor) -> None:
    path = owner.send("POST", "/api/channels", {"kind": "webhook", "fields": {"url": "http://127.0.0.1:9/x"}}).headers[
        "Location"
    ]
    shown = owner.send("PUT", path, {"quiet_from": 1320, "quiet_to": 360, "enabled": False}).json
    assert (shown["quiet_from"], shown["enabled"], shown["complete"], shown["fields"]) == (1320, False, True, {})
    assert owner.send("PUT", path, {"kind": "email"}).status_code == 400
    tried = owner.send("POST", f"{path}/test").json
    assert tried["ok"] is False
    assert owner.get(path).json["failure"] == tried["reason"]
    assert owner.send("DELETE", path).status_code == 204


def test_maintenance_and_notes_by_json(owner: Visitor, add: Add) -> None:
    pump = add()
    weekly = {"weekdays": [5, 5, 1], "from_minute": 60, "to_minute": 120, "heatpump_id": pump.id}
    made = owner.send("POST", "/api/maintenance", weekly).json
    assert made["weekdays"] == [1, 5]
    for wrong in ({}, {"weekdays": [7]}, {"starts_at": 5, "ends_at": 5}, {"weekdays": [1]}, {"x": 1}):
        assert owner.send("POST", "/api/maintenance", wrong).status_code == 400
    assert owner.send("DELETE", f"/api/maintenance/{made['id']}").status_code == 204
    note = owner.send("POST", "/api/annotations", {"heatpump_id": pump.id, "at": NOW - 50, "text": "hello"}).json
    changed = owner.send("PUT", f"/api/annotations/{note['id']}", {"until": NOW}).json
    assert (changed["text"], changed["until"]) == ("hello", NOW)
    for wrong in (
        {"text": "x"},
        {"at": "x", "text": "x"},
        {"at": NOW, "text": ""},
        {"at": NOW, "text": 7},
        {"at": True, "text": "x"},
    ):
        assert owner.send("POST", "/api/annotations", wrong).status_code == 400
    assert len(owner.get(f"/api/annotations?from={NOW - 10}&heatpump_id={pump.id}").json["annotations"]) == 1
    assert owner.get(f"/api/annotations?to={NOW - 60}").json["annotations"] == []
    assert owner.get("/api/annotations?from=x").status_code == 400
    assert owner.send("DELETE", f"/api/annotations/{note['id']}").status_code == 204


def test_viewers_may_look_but_not_touch(viewer: Visitor, add: Add) -> None:
    add()
    for path in ("/api/alerts", "/api/alerts/1", "/api/alert-events", "/api/annotations", "/api/maintenance"):
        assert viewer.get(path).status_code == 200
    for method, path in (
        ("POST", "/api/alerts"),
        ("PUT", "/api/alerts/1"),
        ("DELETE", "/api/alerts/1"),
        ("POST", "/api/annotations"),
    ):
        assert viewer.send(method, path, {}).status_code == 403
