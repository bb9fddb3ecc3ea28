"""Somebody who may see one of two heat pumps finds nothing of the other: for them it does not exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask

from app.messages import Message
from app.services import alerts, annotations, dashboards, heatpumps, jobs, maintenance
from app.services.rights import Access
from app.store import alert_events, audit
from app.store.audit import Actor, Intent
from app.store.heatpumps import HeatPump
from app.system import System
from app.web import belonging
from app.web.access import LIBRARY_VIEWS
from tests.web import addresses
from tests.web.conftest import NOW
from tests.web.people import Visitor, account, tell

MINE, OTHER = "hp-001", "hp-002"
SECRET = "Nachbarhaus"
"""Stands in everything that belongs to the other heat pump."""


@pytest.fixture
def ids(system: System, add: Callable[..., HeatPump]) -> Mapping[str, Any]:
    """Two heat pumps; the other one has a rule, an event, a job, a note, an audit entry and a maintenance."""
    mine, other = add("Zuhause", enabled=True), add(SECRET, enabled=True)
    for pump in (mine, other):
        tell(system, pump, NOW - 60, {"temp_outside": 3.25, "temp_hot_water": 47.5})
    rule = alerts.add(
        system,
        {
            "name": f"{SECRET} kalt",
            "heatpump_id": OTHER,
            "conditions": [{"kind": "threshold", "sensor": "temp_outside", "comparison": "below", "value": 1}],
            "severity": "warning",
        },
    )
    note = annotations.add(system, OTHER, NOW - 600, f"{SECRET}: Filter", author="berta")
    window = maintenance.add(
        system, {"heatpump_id": OTHER, "note": SECRET, "starts_at": NOW - 100, "ends_at": NOW + 100}
    )
    job = jobs.add(
        system,
        {
            "heatpump_id": OTHER,
            "name": f"{SECRET} nachts",
            "schedule": {"days": [0], "times": ["06:00"]},
            "sensor": "system_mode",
            "value": "standby",
        },
    )
    with system.database.transaction() as db:
        event = alert_events.open_new(db, rule, OTHER, [], NOW - 300, NOW - 200)
        intent = Intent(Actor("user", f"{SECRET}-Anna"), "stop", OTHER, SECRET, None)
        entry_id = audit.note(db, intent, NOW - 50, "confirmed", Message("writing is stopped"))
    lines = [{"heatpump_id": each, "sensor": "temp_outside"} for each in (OTHER, MINE)]
    charts = [{"kind": "line", "title": "", "lines": lines}]
    dashboards.add(system, {"name": "Alle", "config": {"charts": charts}})
    foreign = dashboards.add(
        system,
        {
            "name": SECRET,
            "heatpump_id": OTHER,
            "config": {
                "charts": charts,
            },
        },
    )
    return addresses.IDS | {
        "heatpump_id": OTHER,
        "dashboard_id": foreign.id,
        "alert_id": rule.id,
        "event_id": event.id,
        "job_id": job.id,
        "annotation_id": note.id,
        "maintenance_id": window.id,
        "entry_id": entry_id,
    }


@pytest.fixture(params=["viewer", "installer"])
def limited(
    request: pytest.FixtureRequest, app: Flask, system: System, visitor: Visitor, ids: Any
) -> Iterator[Visitor]:
    account(system, "ines", request.param, heatpumps=[MINE])
    somebody = Visitor(app)
    somebody.sign_in("ines")
    yield somebody


def of_heat_pumps(app: Flask, ids: Mapping[str, Any]) -> list[addresses.Address]:
    """Every address whose ids lead to the other heat pump."""
    leading = {"heatpump_id", *belonging.OWNERS}
    return [each for each in addresses.every(app, ids) if each.rule.arguments & leading]


def test_every_argument_of_an_address_says_whose_it_is(app: Flask) -> None:
    arguments = {name for rule in app.url_map.iter_rules() for name in rule.arguments}
    assert arguments <= belonging.DECIDED, "say in app/web/belonging.py to whom it belongs"


def test_every_address_of_another_heat_pump_leads_nowhere(app: Flask, ids: Mapping[str, Any], limited: Visitor) -> None:
    token, tried = limited.token(), 0
    for each in of_heat_pumps(app, ids):
        answer = limited.client.open(each.path, method=each.method, headers={"X-CSRFToken": token})
        wanted = (404,) if each.needs is Access.READING else (403, 404)
        assert answer.status_code in wanted, each
        assert SECRET not in answer.text, each
        tried += 1
    assert tried > 60


def test_an_installer_of_another_heat_pump_changes_nothing_there(
    app: Flask, system: System, visitor: Visitor, ids: Mapping[str, Any]
) -> None:
    account(system, "ines", "installer", heatpumps=[MINE])
    visitor.sign_in("ines")
    token = visitor.token()
    for each in of_heat_pumps(app, ids):
        if each.needs is Access.CONTROLLING:
            answer = visitor.client.open(each.path, method=each.method, headers={"X-CSRFToken": token}, json={})
            assert answer.status_code == 404, each
    for path, method, content in (
        ("/api/jobs", "POST", {"heatpump_id": OTHER}),
        ("/api/jobs/preview", "POST", {"heatpump_id": OTHER}),
        ("/api/annotations", "POST", {"heatpump_id": OTHER, "at": 5, "text": "x"}),
        ("/api/maintenance", "POST", {"heatpump_id": OTHER, "starts_at": 5, "ends_at": 6}),
        ("/api/maintenance", "POST", {"heatpumps": [MINE, OTHER], "starts_at": 5, "ends_at": 6}),
    ):
        assert visitor.send(method, path, content).status_code == 404, path
    for path in ("/annotations/add", "/alerts/maintenance/"):
        assert visitor.post(path, {"heatpump_id": OTHER}).status_code == 404, path


FORM, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"


@pytest.mark.parametrize("kind", ["application/json", FORM, PARTS, "text/plain", ""])
@pytest.mark.parametrize(("heatpump_id", "status"), [(MINE, 201), (OTHER, 404)])
def test_json_is_read_as_json_whatever_its_type_says(
    app: Flask, system: System, visitor: Visitor, ids: Mapping[str, Any], kind: str, heatpump_id: str, status: int
) -> None:
    """curl calls it a form."""
    account(system, "ines", "installer", heatpumps=[MINE])
    visitor.sign_in("ines")
    sent = f'{{"heatpump_id":"{heatpump_id}","at":5,"text":"a=b&heatpump_id={MINE}"}}'.encode()
    headers = {"X-CSRFToken": visitor.token()}
    assert visitor.client.post("/api/annotations", data=sent, content_type=kind, headers=headers).status_code == status


def test_what_is_not_theirs_answers_as_what_does_not_exist(limited: Visitor) -> None:
    for path in (
        "/api/heatpumps/{}",
        "/api/data/{}",
        "/api/data?heatpump_id={}",
        "/api/jobs?heatpump_id={}",
        "/heatpumps/{}",
        "/report/?heatpump_id={}",
        "/compare/?heatpump=hp-001&heatpump={}",
        "/audit/?heatpump_id={}",
    ):
        foreign, missing = limited.get(path.format(OTHER)), limited.get(path.format("hp-099"))
        assert (foreign.status_code, missing.status_code) == (404, 404), path
        assert without(foreign.text, OTHER) == without(missing.text, "hp-099"), path


def without(page: str, heatpump_id: str) -> str:
    """What a page says besides the id, and besides the CSRF token, which changes with the second."""
    return re.sub(r'(csrf[-_]token" (?:content|value)=")[^"]+', r"\1", page.replace(heatpump_id, ""))


def test_nothing_of_another_heat_pump_shows_through(app: Flask, ids: Mapping[str, Any], limited: Visitor) -> None:
    """All pages, lists, files and JSON that this person may open; those of the own heat pump too."""
    own = addresses.IDS | {"heatpump_id": MINE}
    seen = 0
    for each in addresses.every(app, own):
        if each.method != "GET" or each.rule.endpoint in LIBRARY_VIEWS or each.rule.arguments & set(belonging.OWNERS):
            continue
        answer = limited.get(each.path, follow_redirects=True)
        if answer.status_code != 200:
            continue
        seen += 1
        for trace in (SECRET.encode(), OTHER.encode(), b'"port":10', b"127.0.0.1:10"):
            assert trace not in answer.data, f"{each}: {trace!r}"
    assert seen > 30


def test_a_dashboard_of_all_shows_only_the_lines_of_the_own_heat_pumps(
    ids: Mapping[str, Any], limited: Visitor
) -> None:
    (mixed,) = [each for each in limited.get("/api/dashboards").json["dashboards"] if each["name"] == "Alle"]
    assert [line["heatpump_id"] for line in mixed["config"]["charts"][0]["lines"]] == [MINE]
    for path in (f"/dashboards/{mixed['id']}", f"/api/dashboards/{mixed['id']}"):
        answer = limited.get(path)
        assert answer.status_code == 200
        assert SECRET not in answer.text and OTHER not in answer.text, path
    query = {"from": NOW - 600, "to": NOW}
    assert limited.get("/api/series", query_string=query | {"sensor": f"{MINE}/temp_outside"}).status_code == 200
    foreign, missing = (
        limited.get("/api/series", query_string=query | {"sensor": f"{each}/temp_outside"})
        for each in (OTHER, "hp-099")
    )
    assert (foreign.status_code, missing.status_code) == (400, 400)
    assert foreign.text.replace(OTHER, "") == missing.text.replace("hp-099", "")


def test_the_number_of_open_alerts_is_that_of_the_own_heat_pumps(limited: Visitor, owner: Visitor) -> None:
    assert "data-alert-count hidden>0<" in limited.get("/").text
    assert "data-alert-count>1<" in owner.get("/").text
    assert limited.get("/api/alert-events").json == {"events": []}


def test_what_is_for_all_heat_pumps_can_be_seen_but_not_changed_by_who_sees_some(
    system: System, visitor: Visitor, ids: Mapping[str, Any]
) -> None:
    everybodys = annotations.add(system, None, NOW - 5, "power cut")
    account(system, "ines", "installer", heatpumps=[MINE])
    visitor.sign_in("ines")
    texts = [each["text"] for each in visitor.get("/api/annotations").json["annotations"]]
    assert texts == ["power cut"]
    for method, path, content in (
        ("PUT", f"/api/annotations/{everybodys.id}", {"text": "nothing"}),
        ("DELETE", f"/api/annotations/{everybodys.id}", None),
        ("POST", "/api/annotations", {"at": 5, "text": "for all"}),
        ("POST", "/api/annotations", {"heatpump_id": None, "at": 5, "text": "for all"}),
        ("POST", "/api/maintenance", {"starts_at": 5, "ends_at": 6}),
    ):
        answer = visitor.send(method, path, content)
        assert (answer.status_code, "all heat pumps" in answer.json["error"]) == (403, True), (method, path)


def test_whose_last_heat_pump_is_removed_sees_none_rather_than_all(
    system: System, visitor: Visitor, ids: Mapping[str, Any]
) -> None:
    account(system, "vera", "viewer", heatpumps=[MINE])
    visitor.sign_in("vera")
    heatpumps.remove(system, MINE)
    assert visitor.get("/api/heatpumps").json == {"heatpumps": []}
    assert visitor.get(f"/api/heatpumps/{OTHER}").status_code == 404


def test_an_owner_sees_every_heat_pump(system: System, visitor: Visitor, ids: Mapping[str, Any]) -> None:
    account(system, "olga", "owner", heatpumps=[MINE])
    visitor.sign_in("olga")
    assert len(visitor.get("/api/heatpumps").json["heatpumps"]) == 2


def test_metrics_of_who_sees_some_tell_of_these_only(limited: Visitor, owner: Visitor) -> None:
    scraped = limited.get("/metrics").text
    assert MINE in scraped and OTHER not in scraped and "outbox" not in scraped
    assert OTHER in owner.get("/metrics").text
