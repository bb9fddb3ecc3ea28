"""Nothing changes without the token of a page of ours."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.services import heatpumps
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.people import PASSWORD, Visitor

CHANGES = [
    ("POST", "/logout"),
    ("POST", "/language"),
    ("POST", "/login/code"),
    ("POST", "/account/password"),
    ("POST", "/account/sessions/end"),
    ("POST", "/account/sessions/1/end"),
    ("POST", "/account/second-factor"),
    ("POST", "/account/second-factor/codes"),
    ("POST", "/account/second-factor/remove"),
    ("POST", "/people/add"),
    ("POST", "/people/1"),
    ("POST", "/people/1/password"),
    ("POST", "/people/1/sessions/remove"),
    ("POST", "/api/people"),
    ("PUT", "/api/people/1"),
    ("DELETE", "/api/people/1"),
    ("PUT", "/api/people/1/password"),
    ("DELETE", "/api/people/1/sessions"),
    ("DELETE", "/api/people/1/second-factor"),
    ("POST", "/api/tokens"),
    ("DELETE", "/api/tokens/1"),
    ("POST", "/tokens/"),
    ("POST", "/tokens/1/revoke"),
    ("POST", "/login"),
    ("POST", "/heatpumps/add"),
    ("POST", "/heatpumps/find"),
    ("POST", "/heatpumps/sign-in"),
    ("POST", "/heatpumps/hp-001/edit"),
    ("POST", "/heatpumps/hp-001/enable"),
    ("POST", "/heatpumps/hp-001/disable"),
    ("POST", "/heatpumps/hp-001/remove"),
    ("POST", "/heatpumps/hp-001/registers"),
    ("POST", "/heatpumps/hp-001/registers/forget"),
    ("POST", "/backup/"),
    ("POST", "/retention/"),
    ("POST", "/telemetry/"),
    ("POST", "/telemetry/on"),
    ("POST", "/telemetry/off"),
    ("POST", "/telemetry/forget"),
    ("PUT", "/api/telemetry"),
    ("DELETE", "/api/telemetry"),
    ("POST", "/heatpumps/hp-001/metering"),
    ("POST", "/heatpumps/hp-001/anomalies/1/verdict"),
    ("POST", "/heatpumps/hp-001/anomalies/1/unmark"),
    ("POST", "/heatpumps/hp-001/anomalies/mark"),
    ("POST", "/heatpumps/hp-001/anomalies/new-normal"),
    ("POST", "/api/heatpumps/hp-001/anomalies/new-normal"),
    ("PUT", "/api/heatpumps/hp-001/anomalies/1"),
    ("POST", "/heatpumps/hp-001/meters/add"),
    ("POST", "/heatpumps/hp-001/meters/1"),
    ("POST", "/heatpumps/hp-001/meters/1/remove"),
    ("POST", "/api/heatpumps/hp-001/meters"),
    ("POST", "/api/heatpumps/hp-001/meters/test"),
    ("PUT", "/api/heatpumps/hp-001/meters/1"),
    ("DELETE", "/api/heatpumps/hp-001/meters/1"),
    ("POST", "/tariffs/"),
    ("POST", "/tariffs/<since>/remove"),
    ("PUT", "/api/heatpumps/hp-001/metering"),
    ("POST", "/api/tariffs"),
    ("DELETE", "/api/tariffs/<since>"),
    ("POST", "/jobs/add/hp-001"),
    ("POST", "/jobs/1/edit"),
    ("POST", "/jobs/1/run"),
    ("POST", "/api/jobs"),
    ("POST", "/api/jobs/preview"),
    ("PUT", "/api/jobs/1"),
    ("DELETE", "/api/jobs/1"),
    ("POST", "/api/jobs/1/run"),
    ("POST", "/api/heatpumps"),
    ("PUT", "/api/heatpumps/hp-001"),
    ("DELETE", "/api/heatpumps/hp-001"),
    ("POST", "/api/heatpumps/hp-001/test"),
    ("POST", "/api/scan"),
    ("POST", "/alerts/rules/add"),
    ("POST", "/alerts/rules/1/edit"),
    ("POST", "/alerts/rules/1/enable"),
    ("POST", "/alerts/rules/1/disable"),
    ("POST", "/alerts/rules/1/remove"),
    ("POST", "/alerts/events/1/acknowledge"),
    ("POST", "/alerts/events/1/snooze"),
    ("POST", "/alerts/channels/add"),
    ("POST", "/alerts/channels/1/edit"),
    ("POST", "/alerts/channels/1/test"),
    ("POST", "/alerts/channels/1/remove"),
    ("POST", "/alerts/maintenance/"),
    ("POST", "/alerts/maintenance/1/remove"),
    ("POST", "/dashboards/add"),
    ("POST", "/dashboards/1/edit"),
    ("POST", "/dashboards/1/earlier"),
    ("POST", "/dashboards/1/charts/add"),
    ("POST", "/dashboards/1/charts/1/edit"),
    ("POST", "/dashboards/1/charts/1/earlier"),
    ("POST", "/api/dashboards"),
    ("PUT", "/api/dashboards/1"),
    ("DELETE", "/api/dashboards/1"),
    ("POST", "/annotations/add"),
    ("POST", "/annotations/1/edit"),
    ("POST", "/annotations/1/remove"),
    ("POST", "/api/alerts"),
    ("POST", "/api/alerts/test"),
    ("PUT", "/api/alerts/1"),
    ("DELETE", "/api/alerts/1"),
    ("POST", "/api/alert-events/1/acknowledge"),
    ("POST", "/api/alert-events/1/snooze"),
    ("POST", "/api/channels"),
    ("PUT", "/api/channels/1"),
    ("DELETE", "/api/channels/1"),
    ("POST", "/api/channels/1/test"),
    ("POST", "/api/maintenance"),
    ("DELETE", "/api/maintenance/1"),
    ("POST", "/api/annotations"),
    ("PUT", "/api/annotations/1"),
    ("DELETE", "/api/annotations/1"),
    ("POST", "/heatpumps/hp-001/settings/temp_hot_water_target"),
    ("POST", "/heatpumps/hp-001/settings/temp_hot_water_target/permit"),
    ("POST", "/heatpumps/hp-001/writing"),
    ("POST", "/audit/writing"),
    ("POST", "/api/control/hp-001"),
    ("PUT", "/api/heatpumps/hp-001/settings/temp_hot_water_target"),
    ("PUT", "/api/heatpumps/hp-001/writing"),
    ("PUT", "/api/writing"),
    ("POST", "/api/audit/1/undo"),
    ("POST", "/simulated/"),
    ("POST", "/settings/appearance"),
    ("POST", "/settings/currency"),
    ("POST", "/settings/victoriametrics"),
]


def test_the_list_of_changes_is_complete(app: Flask) -> None:
    unsafe = {
        (method, _filled(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }
    assert unsafe - {("POST", "/setup")} == set(CHANGES)


def _filled(rule: str) -> str:
    """An address with a heat pump, a sensor and an entry in it."""
    examples = {
        "heatpump_id": "hp-001",
        "sensor_id": "temp_hot_water_target",
        "int:entry_id": "1",
        "int:job_id": "1",
        "int:finding_id": "1",
        "int:meter_id": "1",
    }
    for part, example in examples.items():
        rule = rule.replace(f"<{part}>", example)
    rule = re.sub("<int:[a-z_]+>", "1", rule)
    return re.sub(r"<any\((\w+).*?>", r"\1", rule)


@pytest.mark.parametrize("token", [None, "", "nonsense", "ImEi.aaaaaa.bbbb"])
@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_a_change_without_a_good_token_is_refused(
    owner: Visitor, system: System, add: Callable[..., HeatPump], method: str, path: str, token: str | None
) -> None:
    add()
    headers = {} if token is None else {"X-CSRFToken": token}
    if path.startswith("/api/"):
        answer = owner.client.open(path, method=method, headers=headers, json={"name": "Mallory"})
        assert answer.json == {"error": "The header X-CSRFToken is missing or out of date."}
    else:
        fields = {} if token is None else {"csrf_token": token}
        answer = owner.client.open(path, method=method, data=fields)
        assert "This form is out of date, or it was not sent from our own page." in answer.text
    assert answer.status_code == 400
    assert [pump.name for pump in heatpumps.all_of_them(system)] == ["Gebäude A"]


def test_the_first_account_needs_a_token(app: Flask) -> None:
    fields = {"username": "mallory", "password": PASSWORD, "password_again": PASSWORD}
    assert Visitor(app).client.post("/setup", data=fields).status_code == 400


def test_the_token_of_another_session_is_refused(app: Flask, owner: Visitor) -> None:
    stolen = Visitor(app).token()
    assert owner.client.post("/logout", data={"csrf_token": stolen}).status_code == 400
    assert owner.get("/").status_code == 200


def test_a_page_that_stood_open_for_a_month_still_works(app: Flask) -> None:
    assert app.config["WTF_CSRF_TIME_LIMIT"] is None
