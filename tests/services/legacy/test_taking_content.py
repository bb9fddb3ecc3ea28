"""Rules, jobs, notes and dashboards of the program before this one mean here what they meant there."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from app.services import alerts, dashboards, jobs
from app.store import annotations
from tests.services.legacy import ancestor
from tests.services.legacy.taken import a_job, left, take


def test_rules_know_our_sensors_and_our_words(system, old):
    report = take(system, old)
    cold, fault = (each for each in alerts.all_of_them(system) if each.heatpump_id == "hp-legacy")
    assert (cold.name, cold.advice, cold.repeat_s, cold.enabled) == ("Zu kalt", "Warmwasser prüfen", 3600, True)
    (condition,) = cold.conditions
    assert (condition.kind, condition.sensor, condition.comparison, condition.value) == (
        "threshold", "temp_hot_water", "below", 40.0,
    )  # fmt: skip
    (condition,) = fault.conditions
    assert (condition.kind, condition.sensor, condition.words) == ("state", "operating_mode", ("defrost",))
    assert not fault.enabled
    assert left(report)["rule", "Fremd"] == "no_such_sensor is no sensor of this heat pump"
    assert "every so often" in left(report)["rule", "Bericht"]


def test_jobs_keep_their_days_and_times(system, old):
    report = take(system, old)
    mode, water = jobs.all_of_them(system)
    assert (mode.content.sensor, mode.content.value) == ("system_mode", "automatic")
    assert mode.kept.name == "Betriebsart der Anlage = Automatik"
    assert (mode.content.schedule.days, mode.content.schedule.times) == ((0, 1), ("06:30",))
    assert (water.content.sensor, water.content.value, water.kept.paused) == ("temp_hot_water_target", 50, True)
    assert {job.pump.id for job in (mode, water)} == {"hp-legacy"}
    reasons = [said for (kind, _), said in left(report).items() if kind == "job"]
    assert [said.split(": ")[-1] for said in reasons] == [
        "500 is above the maximum 95.0", "no_such_register is no sensor of this heat pump",
        "'25:00' is no time such as 06:30", "'Someday' is no day such as Mon",
    ]  # fmt: skip


def a_rule(kind="threshold", sensor="temp_outside", condition=">", threshold="1", message=""):
    return ("r", "Regel", kind, sensor, condition, threshold, message, 1, 0, 0)


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (a_rule(sensor="request_water_status", condition="=", threshold="1"), ("threshold", "above", 0.5)),
        (a_rule(sensor="request_water_status", condition="!=", threshold="True"), ("threshold", "below", 0.5)),
        (a_rule(sensor="failure_id", condition="!=", threshold="0"), ("threshold", "above", 0.0)),
        (a_rule(condition="=", threshold="0"), None),
        (a_rule(kind="status"), None),
        (a_rule(sensor=""), None),
    ],
)
def test_a_rule_means_here_what_it_meant_there_or_is_left(system, tmp_path, rule, kept):
    report = take(system, ancestor.make(tmp_path / "old", alerts=[rule]))
    found = [each.conditions[0] for each in alerts.all_of_them(system) if each.heatpump_id]
    assert [(each.kind, each.comparison, each.value) for each in found] == ([] if kept is None else [kept])
    assert (("rule", "Regel") in left(report)) == (kept is None)


def test_what_the_older_program_filled_into_its_texts_does_not_stand_there_raw(system, tmp_path):
    old = ancestor.make(tmp_path / "old", alerts=[a_rule(message="{name}: {sensor} ist {value} um {time}")])
    take(system, old)
    (rule,) = (each for each in alerts.all_of_them(system) if each.heatpump_id)
    assert rule.advice == "Regel: Außentemperatur ist … um …"


@pytest.mark.parametrize(
    ("job", "days", "value"),
    [
        (a_job(days="[]"), (0, 1, 2, 3, 4, 5, 6), 50),
        (a_job("request_water", "True"), (0,), 1),
        (a_job("request_water", "0"), (0,), 0),
    ],
)
def test_a_job_does_here_what_it_did_there(system, tmp_path, job, days, value):
    take(system, ancestor.make(tmp_path / "old", jobs=[job]))
    (kept,) = jobs.all_of_them(system)
    assert (kept.content.schedule.days, kept.content.value) == (days, value)


def test_jobs_and_rules_of_another_machine_are_never_attached_to_this_one(system, tmp_path):
    old = ancestor.make(tmp_path / "old", jobs=[a_job(identity="a"), a_job(value="51", identity="b")])
    with closing(sqlite3.connect(old / "idm_logger.db")) as db, db:
        db.execute("ALTER TABLE jobs ADD COLUMN heatpump_id TEXT")
        db.execute("UPDATE jobs SET heatpump_id = CASE id WHEN 'a' THEN 'hp-legacy' ELSE 'hp-002' END")
    found = left(take(system, old))
    assert [job.content.value for job in jobs.all_of_them(system)] == [50]
    assert [said for (kind, _), said in found.items() if kind == "job"] == [
        "belongs to hp-002, and only the machine in the settings is taken; enter it by hand"
    ]


def test_things_with_the_same_id_or_none_are_all_taken(system, tmp_path):
    chart = {"title": "x", "queries": [{"query": "temp_outside"}]}
    boards = [{"id": each, "name": f"Tafel {place}", "charts": [chart]} for place, each in enumerate("aab")]
    notes = [{"id": None, "time": 1_700_000_000 + each, "text": "x"} for each in range(3)]
    old = ancestor.make(tmp_path / "old", dashboards=boards, annotations=notes)
    first = take(system, old)
    assert {each.name for each in dashboards.all_of_them(system)} >= {"Tafel 0", "Tafel 1", "Tafel 2"}
    assert len([each for each in first.found if (each.kind, each.outcome) == ("note", "taken")]) == 3
    assert take(system, old).count("taken") == 0


@pytest.mark.parametrize("time", [1e300, -5, 0, "0001-01-01", "9" * 400, None, True])
def test_a_note_of_no_time_is_left(system, tmp_path, time):
    old = ancestor.make(tmp_path / "old", annotations=[{"time": time, "text": "x"}])
    assert any(kind == "note" and "is no time" in said for (kind, _), said in left(take(system, old)).items())


def test_notes_are_on_the_charts(system, old):
    report = take(system, old)
    (note,) = annotations.within(system.database.connection(), "hp-legacy", 1_699_999_999, 1_700_000_001, 10)
    assert (note.at, note.text) == (1_700_000_000, "Wartung")
    assert any(kind == "note" for kind, _ in left(report))


def test_a_dashboard_stands_on_the_page_of_its_heat_pump(system, old):
    report = take(system, old)
    (kept,) = (each for each in dashboards.all_of_them(system) if each.name == "Zuhause")
    assert kept.heatpump_id == "hp-legacy"
    assert [(chart.kind, [line.sensor for line in chart.lines]) for chart in kept.config.charts] == [
        ("line", ["temp_buffer", "temp_flow_circuit_a"]), ("states", ["operating_mode"]),
    ]  # fmt: skip
    assert ("chart", "Zuhause: Temperaturen: Mittel") in left(report)
