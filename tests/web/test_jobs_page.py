"""Jobs over the pages and the interface, against a machine on a real socket."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.services import jobs
from app.services.job_runner import JobRunner
from tests.waiting import eventually
from tests.web.applications import application
from tests.web.control import Home
from tests.web.people import Visitor

FIELDS = {
    "name": "Nacht",
    "sensor": "temp_room_target_circuit_a",
    "value": "18",
    "days": ["0", "1", "2", "3", "4", "5", "6"],
    "times": "22:00",
    "cron": "",
    "end_after": "480",
    "end_value": "21",
    "condition_sensor": "",
    "comparison": "<",
    "number": "",
    "missed": "within",
    "within": "10",
}
SENT: dict[str, Any] = {
    "heatpump_id": "hp-001",
    "name": "Nacht",
    "schedule": {"days": [0, 1, 2, 3, 4, 5, 6], "times": ["22:00"]},
    "sensor": "temp_room_target_circuit_a",
    "value": 18,
}


def test_the_next_five_runs_are_shown_before_a_job_can_be_saved(home: Home) -> None:
    shown = home.owner.post("/jobs/add/hp-001", FIELDS | {"action": "check"}).text
    assert len(re.findall(r"<li>\w{3}, \d+ \w{3}, 22:00</li>", shown)) == 5
    assert 'value="save"' in shown
    assert jobs.all_of_them(home.house.system) == []
    assert 'value="save"' not in home.owner.get("/jobs/add/hp-001").text
    saved = home.owner.post("/jobs/add/hp-001", FIELDS | {"action": "save"}, follow_redirects=True).text
    assert "after 8.0 h to 21" in saved
    assert "every day at 22:00" in saved


def test_the_jobs_are_all_there_after_a_restart(home: Home) -> None:
    home.owner.post("/jobs/add/hp-001", FIELDS | {"action": "save"})
    again = Visitor(application(home.house.system))
    again.sign_in("berta")
    page = again.get("/jobs/").text
    assert "Nacht" in page
    assert "Next run" in page
    assert again.get("/jobs/1").status_code == 200
    assert again.get("/jobs/1/edit").status_code == 200


def test_a_saved_job_comes_back_into_its_form_as_it_was_typed(home: Home) -> None:
    condition = {"condition_sensor": "temp_outside", "comparison": ">=", "number": "-2,5"}
    home.owner.post("/jobs/add/hp-001", FIELDS | condition | {"action": "save", "times": "6:30 22.15"})
    page = home.owner.get("/jobs/1/edit").text
    assert 'value="06:30, 22:15"' in page
    assert 'value="-2.5"' in page
    assert '<option value="&gt;=" selected>≥</option>' in page
    assert '<option value="temp_outside" selected>' in page
    changed = home.owner.post("/jobs/1/edit", FIELDS | {"name": "Abend", "action": "save"}, follow_redirects=True)
    assert "<h1>Abend</h1>" in changed.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "A job needs a name"),
        ({"value": "99"}, "99"),
        ({"value": ""}, "is-invalid"),
        ({"times": ""}, "Choose at least one day and one time"),
        ({"times": "25:00"}, "25:00 is not a time such as 06:30"),
        ({"days": []}, "Choose at least one day and one time"),
        ({"cron": "every day"}, "A cron expression has five fields"),
        ({"cron": "99 * * * *"}, "is not a cron expression"),
        ({"end_after": "soon"}, "is not a number from 60 to"),
        ({"end_value": "99"}, "99"),
        ({"condition_sensor": "temp_outside", "number": "cold"}, "is not a number"),
        ({"within": "0"}, "is not a number from 60 to"),
        ({"sensor": "temp_outside"}, "is not a setting that can be written here"),
        ({"sensor": "temp_hot_water_target", "cron": "*/5 * * * *"}, "it would be written"),
    ],
)
@pytest.mark.parametrize("action", ["check", "save"])
def test_what_is_wrong_stands_in_the_form_and_nothing_is_kept(
    home: Home, change: dict[str, object], said: str, action: str
) -> None:
    answer = home.owner.post("/jobs/add/hp-001", FIELDS | change | {"action": action})
    assert answer.status_code == 400
    assert said.lower() in answer.text.lower()
    assert jobs.all_of_them(home.house.system) == []


def test_another_setting_brings_its_own_values(home: Home) -> None:
    page = home.owner.post("/jobs/add/hp-001", FIELDS | {"sensor": "system_mode", "action": "sensor"}).text
    assert '<select class="form-select" id="value"' in page


def test_a_job_is_run_now_paused_and_removed_by_its_buttons(home: Home) -> None:
    home.owner.post("/jobs/add/hp-001", FIELDS | {"action": "save"})
    home.owner.post("/jobs/1/run")
    runner = JobRunner(home.house.system)
    home.house.system.poller.start()
    try:
        runner.tick()
        assert eventually(lambda: not runner.busy(), 10)
    finally:
        home.house.system.poller.stop(5)
    assert "Confirmed" in home.owner.get("/jobs/1").text
    assert home.house.writes()[0] == (11, (18,))
    assert "paused" in home.owner.post("/jobs/1/pause", follow_redirects=True).text
    assert "Next runs" in home.owner.post("/jobs/1/resume", follow_redirects=True).text
    assert "No jobs yet" in home.owner.post("/jobs/1/remove", follow_redirects=True).text
    assert home.owner.get("/jobs/1").status_code == 404


def test_the_interface_takes_and_gives_the_same_job(home: Home) -> None:
    made = home.owner.send("POST", "/api/jobs", SENT)
    assert made.status_code == 201
    assert made.headers["Location"] == "/api/jobs/1"
    assert {key: made.json[key] for key in SENT} == SENT
    assert home.owner.get("/api/jobs/1").json == made.json
    assert home.owner.get("/api/jobs?heatpump_id=hp-001").json == {"jobs": [made.json]}
    assert home.owner.get("/api/jobs?heatpump_id=hp-009").status_code == 404
    assert home.owner.send("POST", "/api/jobs/preview", SENT | {"id": 1}).json["following"] == made.json["following"]
    twice = home.owner.send("POST", "/api/jobs/preview", SENT)
    assert (twice.status_code, twice.json["field"]) == (409, "schedule")  # they would write within the same minute
    changed = home.owner.send("PUT", "/api/jobs/1", SENT | {"value": 19, "paused": True}).json
    assert (changed["value"], changed["paused"], changed["following"]) == (19, True, [])
    assert home.owner.send("POST", "/api/jobs/1/run").status_code == 202
    assert home.owner.get("/api/jobs/1/runs").json["runs"][0]["outcome"] is None
    assert home.owner.send("DELETE", "/api/jobs/1").status_code == 204
    assert home.owner.get("/api/jobs/1").status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"value": 99}, 400),
        ({"schedule": 5}, 400),
        ({"heatpump_id": "hp-009"}, 404),
        ({"sensor": "temp_hot_water_target", "value": 25, "schedule": {"cron": "* * * * *"}}, 409),
    ],
)
def test_the_interface_refuses_what_the_page_refuses(home: Home, change: dict[str, object], status: int) -> None:
    answer = home.owner.send("POST", "/api/jobs", SENT | change)
    assert answer.status_code == status
    assert answer.json["error"]


def test_a_viewer_sees_jobs_and_changes_none(home: Home) -> None:
    home.owner.send("POST", "/api/jobs", SENT)
    assert "Nacht" in home.viewer.get("/jobs/").text
    assert "Run now" not in home.viewer.get("/jobs/1").text
    assert home.viewer.get("/jobs/add/hp-001").status_code == 403
    assert home.viewer.post("/jobs/1/run").status_code == 403
    assert home.viewer.send("POST", "/api/jobs", SENT).status_code == 403


def test_a_heat_pump_that_does_not_exist_has_no_form(home: Home) -> None:
    assert home.owner.get("/jobs/add/hp-009").status_code == 404
