"""/api/jobs: writes that repeat, with the same validation as the pages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.services import heatpumps, jobs
from app.services.jobs import Job
from app.store.jobs import Run
from app.web import visible
from app.web.access import controlling, signed_in
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import jobs as shapes
from app.web.api.shapes.common import OfHeatPump
from app.web.languages import opening
from app.web.parts import system


@interface.get("/jobs")
@signed_in
@described("The jobs", shapes.Jobs, asks=OfHeatPump)
def all_jobs() -> ResponseReturnValue:
    wanted = request.args.get("heatpump_id")
    if wanted is not None:
        heatpumps.get(system(), wanted)
    return answer({"jobs": [_job(job) for job in jobs.all_of_them(system(), wanted, among=visible.among())]})


@interface.post("/jobs")
@controlling
@described("Add a job", shapes.Job, status=201, sends=shapes.JobSent)
def add_job() -> ResponseReturnValue:
    job = jobs.add(system(), sent_object())
    return answer(_job(job), 201, {"Location": f"/api/jobs/{job.id}"})


@interface.post("/jobs/preview")
@controlling
@described("When a job would run that is not saved", shapes.Following, sends=shapes.JobTried)
def preview_job() -> ResponseReturnValue:
    return answer({"following": jobs.preview(system(), sent_object())})


@interface.get("/jobs/<int:job_id>")
@signed_in
@described("One job", shapes.Job)
def one_job(job_id: int) -> ResponseReturnValue:
    return answer(_job(jobs.get(system(), job_id)))


@interface.put("/jobs/<int:job_id>")
@controlling
@described("Replace everything but its heat pump", shapes.Job, sends=shapes.JobSent)
def change_job(job_id: int) -> ResponseReturnValue:
    return answer(_job(jobs.change(system(), job_id, sent_object())))


@interface.delete("/jobs/<int:job_id>")
@controlling
@described("Remove a job")
def remove_job(job_id: int) -> ResponseReturnValue:
    jobs.remove(system(), job_id)
    return "", 204


@interface.post("/jobs/<int:job_id>/run")
@controlling
@described("Run it now", shapes.Begun, status=202)
def run_job(job_id: int) -> ResponseReturnValue:
    return answer({"run": jobs.run_now(system(), job_id)}, 202)


@interface.get("/jobs/<int:job_id>/runs")
@signed_in
@described("Its runs, the newest first", shapes.Runs)
def runs_of_job(job_id: int) -> ResponseReturnValue:
    return answer({"runs": [_run(run) for run in jobs.runs(system(), job_id)]})


def _job(job: Job) -> dict[str, Any]:
    schedule = job.content.schedule
    return {
        "id": job.id,
        "heatpump_id": job.pump.id,
        "name": job.kept.name,
        **asdict(job.content),
        "schedule": {"cron": schedule.cron} if schedule.cron else {"days": schedule.days, "times": schedule.times},
        "paused": job.kept.paused,
        "following": job.following,
        "last": None if job.last is None else _run(job.last),
        "created_at": job.kept.created_at,
        "updated_at": job.kept.updated_at,
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "part": run.part,
        "planned_at": run.planned_at,
        "try_at": run.try_at,
        "ended_at": run.ended_at,
        "outcome": run.outcome,
        "text": None if run.said is None else opening(run.said),
        "audit_id": run.audit_id,
        "missed": run.missed,
    }
