"""Writing through the interface: what may be sent, and what the answer's status tells."""

from __future__ import annotations

import pytest

from tests.servers import exception
from tests.web.control import Home
from tests.web.test_api_docs import EXAMPLES

TARGET = "temp_hot_water_target"
PATH = "/api/control/hp-001"


def test_a_confirmed_write_says_old_new_and_read_back(home: Home) -> None:
    answer = home.owner.send("POST", PATH, {"sensor": TARGET, "value": 25})
    assert answer.status_code == 200
    assert answer.json == {
        "outcome": "confirmed",
        "text": "It was written and read back",
        "reason": None,
        "heatpump_id": "hp-001",
        "sensor": TARGET,
        "old": 20,
        "requested": 25,
        "read_back": 25,
        "audit_id": 1,
    }


def test_an_equal_value_is_skipped_with_200(home: Home) -> None:
    answer = home.owner.send("POST", PATH, {"sensor": TARGET, "value": 20})
    assert (answer.status_code, answer.json["outcome"]) == (200, "skipped")


def test_a_dry_run_writes_nothing(home: Home) -> None:
    answer = home.owner.send("POST", PATH, {"sensor": TARGET, "value": 25, "dry_run": True})
    assert (answer.status_code, answer.json["outcome"], answer.json["audit_id"]) == (200, "planned", None)
    assert home.house.writes() == []


@pytest.mark.parametrize(
    ("sensor", "value", "status", "reason"),
    [
        (TARGET, 99, 422, "value"),
        (TARGET, True, 422, "value"),
        (TARGET, "25", 422, "value"),
        (TARGET, None, 422, "value"),
        (TARGET, [25], 422, "value"),
        (TARGET, 1e300, 422, "value"),
        ("temp_outside", 5, 403, "read_only"),
        ("heating_curve", 1, 403, "one_source"),
        ("nonsense", 5, 404, "unknown"),
    ],
)
def test_a_denied_write_has_a_status_a_reason_and_a_sentence(
    still_home: Home,
    sensor: str,
    value: object,
    status: int,
    reason: str,
) -> None:
    answer = still_home.owner.send("POST", PATH, {"sensor": sensor, "value": value})
    assert (answer.status_code, answer.json["outcome"], answer.json["reason"]) == (status, "denied", reason)
    assert answer.json["error"] == answer.json["text"]
    assert still_home.house.writes() == []


@pytest.mark.parametrize("body", [b'{"sensor": "temp_hot_water_target", "value": NaN}', b"[]", b"", b"{"])
def test_what_is_no_json_object_is_refused(still_home: Home, body: bytes) -> None:
    assert still_home.owner.send("POST", PATH, body).status_code == 400
    assert still_home.house.server.connections == 0


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"value": 25}, "sensor"),
        ({"sensor": TARGET}, "value"),
        ({"sensor": 7, "value": 25}, "sensor"),
        ({"sensor": TARGET, "value": 25, "force": True}, "force"),
        ({"sensor": TARGET, "value": 25, "dry_run": "yes"}, "dry_run"),
        ({"sensor": "demand", "value": 25, "until": "soon"}, "until"),
        ({"sensor": "demand", "value": 25, "until": True}, "until"),
    ],
)
def test_a_wrong_field_is_named(still_home: Home, sent: dict[str, object], field: str) -> None:
    answer = still_home.owner.send("POST", PATH, sent)
    assert (answer.status_code, answer.json["field"]) == (400, field)
    assert still_home.house.server.connections == 0


def test_a_value_may_be_held_until_a_time(home: Home) -> None:
    sent = {"sensor": "demand", "value": 45, "until": "2025-11-21T20:00:00+01:00"}
    assert home.owner.send("POST", PATH, sent).status_code == 200


def test_a_failed_write_is_never_shown_as_done(home: Home) -> None:
    home.house.unmoved(1, exception(3))
    answer = home.owner.send("POST", PATH, {"sensor": TARGET, "value": 25})
    assert (answer.status_code, answer.json["outcome"]) == (409, "failed")
    assert "exception 3" in answer.json["error"]


def test_only_the_owner_writes(still_home: Home) -> None:
    assert still_home.viewer.send("POST", PATH, {"sensor": TARGET, "value": 25}).status_code == 403
    assert still_home.viewer.send("POST", "/api/audit/1/undo").status_code == 403
    assert still_home.house.server.connections == 0


def test_an_unknown_heat_pump_is_not_found(still_home: Home) -> None:
    assert still_home.owner.send("POST", "/api/control/hp-999", {"sensor": TARGET, "value": 25}).status_code == 404


def test_the_sentences_are_german_for_germans(home: Home) -> None:
    home.owner.post("/language", {"language": "de"})
    answer = home.owner.send("POST", PATH, {"sensor": TARGET, "value": 99})
    assert "Warmwasser" in answer.json["error"]
    assert "Maximum" in answer.json["error"] or "Höchst" in answer.json["error"]


def test_the_audit_can_be_read_and_undone(home: Home) -> None:
    home.owner.send("POST", PATH, {"sensor": TARGET, "value": 25})
    home.owner.send("POST", PATH, {"sensor": TARGET, "value": 99})
    entries = home.viewer.get("/api/audit").json["entries"]
    assert [(entry["id"], entry["outcome"]) for entry in entries] == [(2, "denied"), (1, "confirmed")]
    assert entries[1]["actor"] == {"kind": "user", "name": "berta"}
    assert len(home.viewer.get("/api/audit?outcome=denied&limit=1").json["entries"]) == 1
    assert home.viewer.get("/api/audit?before=2").json["entries"][0]["id"] == 1
    home.house.later(60)
    answer = home.owner.send("POST", "/api/audit/1/undo")
    assert (answer.status_code, answer.json["read_back"]) == (200, 20)
    answer = home.owner.send("POST", "/api/audit/2/undo")
    assert (answer.status_code, answer.json["reason"]) == (409, "no_undo")
    assert home.owner.send("POST", "/api/audit/99/undo").status_code == 404


@pytest.mark.parametrize("asked", ["outcome=done", "from=x", "limit=-1", "limit=x", "before=1e3", "limit="])
def test_a_filter_that_cannot_be_is_refused(still_home: Home, asked: str) -> None:
    assert still_home.owner.get(f"/api/audit?{asked}").status_code == 400


def test_the_settings_say_what_may_be_written_and_what_it_costs(home: Home) -> None:
    home.house.poll()
    home.owner.send("POST", PATH, {"sensor": TARGET, "value": 25})
    home.owner.send("POST", PATH, {"sensor": "demand", "value": 45})
    found = {each["sensor"]: each for each in home.viewer.get("/api/heatpumps/hp-001/settings").json["settings"]}
    assert "temp_outside" not in found
    assert (found[TARGET]["value"], found[TARGET]["min"], found[TARGET]["max"]) == (25, 0, 30)
    assert (found[TARGET]["budget"]["day"], found[TARGET]["last_change"]) == (1, 1)
    assert found["system_mode"]["states"] == ["standby", "automatic"]
    assert found["system_mode"]["budget"] is None
    assert found["demand"]["held"]["value"] == 45
    assert found["heating_curve"]["permitted"] is False


def test_writing_is_stopped_and_allowed_over_the_interface(home: Home) -> None:
    assert home.viewer.send("PUT", "/api/writing", {"stopped": True}).status_code == 403
    home.owner.send("PUT", "/api/heatpumps/hp-001/writing", {"stopped": True})
    stops = home.owner.send("PUT", "/api/writing", {"stopped": True}).json
    assert (stops["stopped"]["by"], stops["heatpumps"]["hp-001"]["by"]) == ("berta", "berta")
    assert home.owner.send("POST", PATH, {"sensor": TARGET, "value": 25}).json["reason"] == "stopped"
    home.owner.send("PUT", "/api/writing", {"stopped": False})
    home.owner.send("PUT", "/api/heatpumps/hp-001/writing", {"stopped": False})
    assert home.viewer.get("/api/writing").json == {"stopped": None, "heatpumps": {}}
    assert home.owner.send("POST", PATH, {"sensor": TARGET, "value": 25}).status_code == 200


def test_an_unconfirmed_register_is_allowed_over_the_interface(home: Home) -> None:
    allow = "/api/heatpumps/hp-001/settings/heating_curve"
    assert home.owner.send("PUT", allow, {"permitted": True}).json == {"permitted": True}
    assert home.owner.send("POST", PATH, {"sensor": "heating_curve", "value": 1.5}).status_code == 200
    assert home.owner.send("PUT", "/api/heatpumps/hp-001/settings/temp_outside", {"permitted": True}).status_code == 400


@pytest.mark.parametrize("sent", [{}, {"stopped": "yes"}, {"stopped": 1}, {"stopped": None}])
@pytest.mark.parametrize("path", ["/api/writing", "/api/heatpumps/hp-001/writing"])
def test_a_switch_is_on_or_off(still_home: Home, path: str, sent: dict[str, object]) -> None:
    assert still_home.owner.send("PUT", path, sent).status_code == 400
    assert still_home.viewer.get("/api/writing").json == {"stopped": None, "heatpumps": {}}


def test_the_examples_of_the_documentation_have_the_fields_of_the_answers(home: Home) -> None:
    by_field = {field: each for each in EXAMPLES for field in ("outcome", "begun_at", "wear") if field in each}
    written = home.owner.send("POST", PATH, {"sensor": TARGET, "value": 25}).json
    settings = home.owner.get("/api/heatpumps/hp-001/settings").json["settings"]
    budgets = [each["budget"] for each in settings if each["budget"]]
    answer = next(each for each in EXAMPLES if "audit_id" in each)
    assert set(written) == set(answer)
    assert set(home.owner.get("/api/audit").json["entries"][0]) == set(by_field["begun_at"])
    assert set(settings[0]) == set(by_field["wear"])
    assert set(budgets[0]) == set(by_field["wear"]["budget"])
