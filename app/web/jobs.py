"""The pages of the jobs: all of them, one with its history, and the form that shows the next runs before it saves."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.messages import Conflict, Invalid
from app.services import heatpumps, job_content, jobs, models
from app.services.jobs import Job
from app.store.heatpumps import HeatPump
from app.web import job_form, job_words, outcomes, visible
from app.web.access import controlling, signed_in
from app.web.job_form import Form
from app.web.parts import categories, system
from drivers.model import Model
from drivers.sensor import Sensor

pages = Blueprint("jobs", __name__, url_prefix="/jobs")

MOST_BUTTONS = 12
"""Of more heat pumps one is chosen from a list."""


@pages.get("/")
@signed_in
def page() -> ResponseReturnValue:
    wanted = request.args.get("heatpump_id") or None
    if wanted is not None:
        heatpumps.get(system(), wanted)
    found = jobs.all_of_them(system(), wanted, among=visible.among())
    return render_template(
        "jobs/page.html",
        jobs=[(job, _sensor(job)) for job in found],
        pumps=visible.heat_pumps(),
        many=MOST_BUTTONS,
        wanted=wanted,
        words=job_words,
        outcomes=outcomes,
    )


@pages.get("/<int:job_id>")
@signed_in
def one(job_id: int) -> ResponseReturnValue:
    job = jobs.get(system(), job_id)
    return render_template(
        "jobs/one.html",
        job=job,
        sensor=_sensor(job),
        runs=jobs.runs(system(), job_id),
        words=job_words,
        outcomes=outcomes,
        condition=_condition(job),
    )


@pages.get("/add/<heatpump_id>")
@controlling
def add(heatpump_id: str) -> ResponseReturnValue:
    pump, model = _pump(heatpump_id)
    first = next(iter(job_content.writable(system(), pump, model)), None)
    return _form(pump, model, Form(sensor=first.id if first else ""))


@pages.post("/add/<heatpump_id>")
@controlling
def keep_new(heatpump_id: str) -> ResponseReturnValue:
    return _sent(*_pump(heatpump_id))


@pages.get("/<int:job_id>/edit")
@controlling
def edit(job_id: int) -> ResponseReturnValue:
    job = jobs.get(system(), job_id)
    pump, model = _pump(job.pump.id)
    return _form(pump, model, job_form.filled(job, model), job)


@pages.post("/<int:job_id>/edit")
@controlling
def keep_changes(job_id: int) -> ResponseReturnValue:
    job = jobs.get(system(), job_id)
    return _sent(*_pump(job.pump.id), job)


@pages.post("/<int:job_id>/<any(run, pause, resume, remove):what>")
@controlling
def act(job_id: int, what: str) -> ResponseReturnValue:
    if what == "remove":
        jobs.remove(system(), job_id)
        return redirect(url_for("jobs.page"))
    if what == "run":
        jobs.run_now(system(), job_id)
    else:
        jobs.pause(system(), job_id, what == "pause")
    return redirect(url_for("jobs.one", job_id=job_id))


def _sent(pump: HeatPump, model: Model, job: Job | None = None) -> ResponseReturnValue:
    """Only what has been looked at once is saved: `check` shows the next runs, `save` keeps the job."""
    form, action = job_form.read(request.form), request.form.get("action")
    sensor = _writable(pump, model).get(form.sensor)
    if action == "sensor":
        return _form(pump, model, replace(form, value="", end_value=""), job)
    wish = form.sent(pump.id, sensor)
    try:
        if action != "save":
            runs = jobs.preview(system(), wish | ({"id": job.id} if job else {}))
            return _form(pump, model, form, job, runs)
        kept = jobs.change(system(), job.id, wish) if job else jobs.add(system(), wish)
    except (Invalid, Conflict) as complaint:
        return _form(pump, model, form.with_error(complaint), job), 400
    return redirect(url_for("jobs.one", job_id=kept.id))


def _form(pump: HeatPump, model: Model, form: Form, job: Job | None = None, runs: list[int] | None = None) -> str:
    settings = _writable(pump, model)
    return render_template(
        "jobs/form.html",
        pump=pump,
        form=form,
        job=job,
        runs=runs,
        words=job_words,
        sensor=settings.get(form.sensor),
        settings=_by_category(list(settings.values())),
        numbers=_by_category(job_content.numbers(pump, model)),
        categories=categories(),
    )


def _writable(pump: HeatPump, model: Model) -> dict[str, Sensor]:
    return {sensor.id: sensor for sensor in job_content.writable(system(), pump, model)}


def _by_category(sensors: list[Sensor]) -> list[tuple[str, list[Sensor]]]:
    grouped = ((category, [each for each in sensors if each.category == category]) for category in categories())
    return [(category, found) for category, found in grouped if found]


def _pump(heatpump_id: str) -> tuple[HeatPump, Model]:
    pump = heatpumps.get(system(), heatpump_id)
    model = models.of(system(), pump)
    if model is None:
        abort(404)
    return pump, model


def _sensor(job: Job) -> Sensor | None:
    model = models.of(system(), job.pump)
    return None if model is None else model.every_sensor.get(job.content.sensor)


def _condition(job: Job) -> Sensor | None:
    model = models.of(system(), job.pump)
    wanted = job.content.condition
    return None if model is None or wanted is None else model.every_sensor.get(wanted.sensor)
