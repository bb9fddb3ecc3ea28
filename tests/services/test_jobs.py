"""Jobs: what may be saved, and that every planned run ends in a known way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.messages import Conflict, Invalid, NotFound, Rejected
from app.services import heatpumps, jobs
from app.services.job_runner import JobRunner
from app.store import jobs as stored
from tests.services.controlled import House, controlled
from tests.waiting import eventually

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with controlled(tmp_path) as house:
        house.now = at("2026-11-20 12:00")
        house.system.poller.start()
        house.system.follow_the_list()
        yield house
        house.system.poller.stop(5)


ROOM = {"sensor": "temp_room_target_circuit_a", "value": 18}
NIGHT = {"days": [0, 1, 2, 3, 4, 5, 6], "times": ["22:00"]}


def a_job(house: House, **more: object) -> jobs.Job:
    sent = {"heatpump_id": house.pump.id, "name": "Nacht", "schedule": NIGHT, **ROOM}
    return jobs.add(house.system, sent | more)


def tick(house: House, runner: JobRunner) -> None:
    """One look at the clock, and everything that it began."""
    runner.tick()
    assert eventually(lambda: not runner.busy(), 10)


def outcomes(house: House, job_id: int) -> list[tuple[str, str | None, int]]:
    """(part, outcome, missed before) of each run, oldest first."""
    found = stored.runs(house.system.database.connection(), job_id, 100)
    return [(run.part, run.outcome, run.missed) for run in reversed(found)]


def test_a_job_says_when_it_will_run(house: House) -> None:
    job = a_job(house)
    assert job.following[:2] == (at("2026-11-20 22:00"), at("2026-11-21 22:00"))
    assert len(job.following) == 5
    assert jobs.all_of_them(house.system) == [job]
    sent = {"heatpump_id": house.pump.id, "schedule": NIGHT, "sensor": "system_mode", "value": "standby"}
    assert jobs.preview(house.system, sent)[0] == at("2026-11-20 22:00")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"schedule": None}, "schedule"),
        ({"schedule": {"cron": "nonsense"}}, "schedule"),
        ({"schedule": {"days": [0], "times": "22:00"}}, "schedule"),
        ({"schedule": {"days": [True], "times": ["22:00"]}}, "schedule"),
        ({"schedule": {"every": "day"}}, "schedule"),
        ({"sensor": "temp_outside"}, "sensor"),
        ({"sensor": "nonsense"}, "sensor"),
        ({"sensor": "heating_curve"}, "sensor"),  # only one source describes it
        ({"sensor": "temp_room_target_circuit_b"}, "sensor"),  # not fitted
        ({"value": 99}, "value"),
        ({"value": float("nan")}, "value"),
        ({"value": True}, "value"),
        ({"value": None}, "value"),
        ({"end_after_s": 3600}, "end_value"),
        ({"end_value": 20}, "end_after_s"),
        ({"end_after_s": 5, "end_value": 20}, "end_after_s"),
        ({"end_after_s": 3600, "end_value": 99}, "end_value"),
        ({"condition": 5}, "condition"),
        ({"condition": {"sensor": "nonsense", "comparison": "<", "number": 1}}, "condition.sensor"),
        ({"condition": {"sensor": "temp_outside", "comparison": "~", "number": 1}}, "condition.comparison"),
        ({"condition": {"sensor": "temp_outside", "comparison": "<", "number": "cold"}}, "condition.number"),
        ({"condition": {"sensor": "temp_outside", "comparison": "<", "number": float("inf")}}, "condition.number"),
        ({"missed": "later"}, "missed"),
        ({"within_s": 5}, "within_s"),
        ({"paused": "yes"}, "paused"),
        ({"bananas": 1}, "bananas"),
    ],
)
def test_a_job_that_makes_no_sense_is_refused(house: House, change: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        a_job(house, **change)
    assert refused.value.field == field
    assert jobs.all_of_them(house.system) == []


def test_a_job_of_no_heat_pump_is_refused(house: House) -> None:
    with pytest.raises(NotFound):
        a_job(house, heatpump_id="hp-099")


def test_a_job_that_would_wear_its_register_out_cannot_be_saved(house: House) -> None:
    with pytest.raises(Conflict) as refused:
        a_job(house, sensor="temp_hot_water_target", value=25, schedule={"cron": "*/10 * * * *"})
    assert refused.value.field == "schedule"
    a_job(house, sensor="system_mode", value="standby", schedule={"cron": "*/10 * * * *"})  # this one does not wear


def test_jobs_share_the_budget_of_their_register(house: House) -> None:
    often = {"sensor": "temp_hot_water_target", "value": 25, "schedule": {"cron": "0 */6 * * *"}}
    made = 0
    with pytest.raises(Conflict):
        while made < 20:
            a_job(house, **often | {"schedule": {"cron": f"{made} */6 * * *"}})
            made += 1
    assert 0 < made < 20


def test_a_run_writes_at_its_time_and_says_what_became_of_it(house: House) -> None:
    job, runner = a_job(house, **ROOM), JobRunner(house.system)
    house.now = at("2026-11-20 21:59:59")
    tick(house, runner)
    assert house.writes() == []
    house.now = at("2026-11-20 22:00")
    tick(house, runner)
    assert house.writes() == [(11, (18,))]
    tick(house, runner)
    assert outcomes(house, job.id) == [("value", "confirmed", 0)]
    entry = house.audit()[-1]
    assert (entry.intent.actor.kind, entry.intent.actor.name) == ("job", "Nacht")
    assert jobs.get(house.system, job.id).last.audit_id == entry.id


def test_an_equal_value_is_skipped_and_says_so(house: House) -> None:
    job, runner = a_job(house, **ROOM | {"value": 21}), JobRunner(house.system)
    house.now = at("2026-11-20 22:00")
    tick(house, runner)
    assert outcomes(house, job.id) == [("value", "skipped", 0)]
    assert house.writes() == []


def test_the_end_value_follows_after_its_time_also_after_a_restart(house: House) -> None:
    job = a_job(house, **ROOM, end_after_s=3600, end_value=22)
    house.now = at("2026-11-20 22:00")
    tick(house, JobRunner(house.system))
    house.now = at("2026-11-20 22:59:59")
    tick(house, JobRunner(house.system))
    assert house.writes() == [(11, (18,))]
    house.now = at("2026-11-21 05:00")
    tick(house, JobRunner(house.system))
    assert house.writes() == [(11, (18,)), (11, (22,))]
    assert outcomes(house, job.id) == [("value", "confirmed", 0), ("end", "confirmed", 0)]


@pytest.mark.parametrize(
    ("policy", "back_at", "wanted"),
    [
        ({"missed": "skip"}, "2026-11-20 22:01", [("value", "confirmed", 0)]),  # not missed yet
        ({"missed": "skip"}, "2026-11-20 22:05", [("value", "missed", 0)]),
        ({"missed": "skip"}, "2026-11-23 12:00", [("value", "missed", 2)]),
        ({"missed": "once"}, "2026-11-23 12:00", [("value", "missed", 1), ("value", "confirmed", 0)]),
        ({"missed": "within", "within_s": 600}, "2026-11-20 22:09", [("value", "confirmed", 0)]),
        ({"missed": "within", "within_s": 600}, "2026-11-20 22:11", [("value", "missed", 0)]),
    ],
)
def test_a_missed_run_follows_its_policy_and_is_never_lost_silently(
    house: House, policy: dict[str, object], back_at: str, wanted: list[object]
) -> None:
    job = a_job(house, **ROOM, **policy)
    house.now = at(back_at)
    tick(house, JobRunner(house.system))
    assert outcomes(house, job.id) == wanted


def test_a_run_that_was_cut_off_is_not_done_long_after_its_time(house: House) -> None:
    job = a_job(house, **ROOM)
    house.now = at("2026-11-20 22:00")
    with house.system.database.transaction() as db:
        stored.plan(db, job.id, "value", int(house.now), int(house.now))
        stored.done_until(db, job.id, int(house.now))
    house.now = at("2026-11-21 08:00")
    tick(house, JobRunner(house.system))
    assert outcomes(house, job.id) == [("value", "missed", 0)]
    assert house.writes() == []


def test_a_run_that_fails_is_tried_again_within_its_time(house: House) -> None:
    job, runner = a_job(house, **ROOM, missed="within", within_s=600), JobRunner(house.system)
    port = house.server.port
    house.now = at("2026-11-20 22:00")
    heatpumps.change(house.system, house.pump.id, {"connection_config": {"host": "127.0.0.9"}})
    tick(house, runner)
    assert outcomes(house, job.id) == [("value", None, 0)]
    heatpumps.change(house.system, house.pump.id, {"connection_config": {"host": "127.0.0.1", "port": port}})
    tick(house, runner)
    assert house.writes() == []
    house.later(60)
    tick(house, runner)
    assert outcomes(house, job.id) == [("value", "confirmed", 0)]


def test_a_run_that_fails_says_so_when_it_is_not_to_be_tried_again(house: House) -> None:
    job, runner = a_job(house, **ROOM), JobRunner(house.system)
    house.now = at("2026-11-20 22:00")
    heatpumps.change(house.system, house.pump.id, {"connection_config": {"host": "127.0.0.9"}})
    tick(house, runner)
    assert outcomes(house, job.id) == [("value", "failed", 0)]
    assert "127.0.0.9" in str(jobs.get(house.system, job.id).last.said)


def test_a_run_that_is_denied_says_why(house: House) -> None:
    job, runner = a_job(house, **ROOM), JobRunner(house.system)
    house.now = at("2026-11-20 22:00")
    heatpumps.change(house.system, house.pump.id, {"enabled": False})
    tick(house, runner)
    assert outcomes(house, job.id) == [("value", "denied", 0)]
    assert "disabled" in str(jobs.get(house.system, job.id).last.said)


COLD = {"sensor": "temp_outside", "comparison": "<", "number": 0.0}


@pytest.mark.parametrize(
    ("outside", "age_s", "wanted"),
    [
        (-55, 5, "confirmed"),
        (55, 5, "not met"),
        (0, 5, "not met"),
        (-55, 3600, "not met"),  # an old value says nothing
        (None, 0, "not met"),
    ],
)
def test_a_condition_must_hold_on_a_fresh_value(tmp_path: Path, outside: int | None, age_s: int, wanted: str) -> None:
    with controlled(tmp_path) as house:
        house.now = at("2026-11-20 22:00") - age_s
        job = a_job(house, **ROOM, condition=COLD)
        if outside is not None:
            house.server.holding[0] = (outside % 65536,)
            house.poll()
        house.now = at("2026-11-20 22:00")
        jobs.run_now(house.system, job.id)
        JobRunner(house.system).run(stored.open_runs(house.system.database.connection())[0])
        assert outcomes(house, job.id)[-1][1] == wanted


def test_a_pause_is_no_missed_run(house: House) -> None:
    job, runner = a_job(house, **ROOM, missed="once"), JobRunner(house.system)
    jobs.pause(house.system, job.id, True)
    house.now = at("2026-11-21 12:00")
    tick(house, runner)
    jobs.pause(house.system, job.id, False)
    tick(house, runner)
    assert outcomes(house, job.id) == []
    assert jobs.get(house.system, job.id).following[0] == at("2026-11-21 22:00")


def test_a_job_can_be_run_now_also_while_it_pauses(house: House) -> None:
    job, runner = a_job(house, **ROOM, paused=True), JobRunner(house.system)
    assert job.following == ()
    jobs.run_now(house.system, job.id)
    tick(house, runner)
    assert outcomes(house, job.id) == [("value", "confirmed", 0)]


def test_a_changed_job_runs_by_its_new_schedule(house: House) -> None:
    job, runner = a_job(house, **ROOM), JobRunner(house.system)
    tick(house, runner)
    early = {"name": "Nacht", "schedule": {"cron": "0 20 * * *"}, **ROOM}
    assert jobs.change(house.system, job.id, early).following[0] == at("2026-11-20 20:00")
    house.now = at("2026-11-20 20:00")
    tick(house, runner)
    assert outcomes(house, job.id) == [("value", "confirmed", 0)]


def test_a_clock_that_is_set_back_does_not_stop_a_job_for_good(house: House) -> None:
    house.now = at("2027-06-01 12:00")
    job, runner = a_job(house, **ROOM), JobRunner(house.system)
    house.now = at("2026-11-20 12:00")
    tick(house, runner)
    house.now = at("2026-11-20 22:00")
    tick(house, runner)
    assert outcomes(house, job.id) == [("value", "confirmed", 0)]


def test_jobs_go_with_their_heat_pump_and_the_audit_stays(house: House) -> None:
    job, runner = a_job(house, **ROOM), JobRunner(house.system)
    house.now = at("2026-11-20 22:00")
    tick(house, runner)
    heatpumps.remove(house.system, house.pump.id)
    assert jobs.all_of_them(house.system) == []
    assert house.audit()[-1].intent.actor.name == "Nacht"
    with pytest.raises(NotFound):
        jobs.get(house.system, job.id)


@pytest.mark.parametrize("act", [jobs.remove, jobs.run_now, jobs.get, jobs.runs])
def test_a_job_that_does_not_exist_is_not_found(house: House, act) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Rejected):
        act(house.system, 99)
