"""Changing one setting: first what it would do, then the write, then what became of it."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.messages import Invalid, Message
from app.services import audits, control, heatpumps, models, settings, write_permissions
from app.services.outcome import Outcome
from app.store.heatpumps import HeatPump
from app.web import costs, outcomes
from app.web.access import controlling, owner_only
from app.web.heatpumps import pages, typed
from app.web.parts import system
from app.web.who import actor
from drivers.model import Model
from drivers.sensor import Sensor

PLACE = "/<heatpump_id>/settings/<sensor_id>"


@pages.get(PLACE)
@controlling
def check_setting(heatpump_id: str, sensor_id: str) -> ResponseReturnValue:
    """What this value would change and cost; the heat pump is asked, and nothing is written."""
    pump, model, sensor = _found(heatpump_id, sensor_id)
    outcome = _wished(pump, sensor, request.args, dry_run=True)
    return _page(pump, model, sensor, outcome, request.args), outcomes.status_of(outcome)


@pages.post(PLACE)
@controlling
def write_setting(heatpump_id: str, sensor_id: str) -> ResponseReturnValue:
    """Writes, and shows on the page of the settings what became of it."""
    pump, model, sensor = _found(heatpump_id, sensor_id)
    outcome = _wished(pump, sensor, request.form, dry_run=False)
    if outcome.entry_id is None:
        return _page(pump, model, sensor, outcome, request.form), outcomes.status_of(outcome)
    return redirect(url_for("heatpumps.settings_of", heatpump_id=pump.id, done=outcome.entry_id, _anchor="result"))


@pages.post(f"{PLACE}/permit")
@owner_only
def permit_setting(heatpump_id: str, sensor_id: str) -> ResponseReturnValue:
    """Allow or forbid writing a register that only one source describes."""
    may = request.form.get("may") == "yes"
    write_permissions.permit(system(), actor(), heatpump_id, sensor_id, may)
    return redirect(url_for("heatpumps.settings_of", heatpump_id=heatpump_id, _anchor=sensor_id))


def _found(heatpump_id: str, sensor_id: str) -> tuple[HeatPump, Model, Sensor]:
    pump = heatpumps.get(system(), heatpump_id)
    model = models.get(system(), pump.manufacturer, pump.model)
    sensor = model.every_sensor.get(sensor_id)
    if sensor is None or sensor.write is None or not sensor.fitted(pump.options):
        abort(404)
    return pump, model, sensor


def _wished(pump: HeatPump, sensor: Sensor, sent: MultiDict[str, str], dry_run: bool) -> Outcome:
    undoes = sent.get("undoes", "")
    if undoes.isascii() and undoes.isdigit() and len(undoes) < 16:
        entry = audits.get(system(), int(undoes))
        if (entry.intent.heatpump_id, entry.intent.sensor) != (pump.id, sensor.id):
            abort(404)
        return control.undo(system(), actor(), int(undoes), dry_run=dry_run)
    wanted = typed.value(sensor, sent.get("value", "")[:200])
    try:
        until = typed.until(sent.get("until", ""), system().config.timezone)
    except Invalid as error:
        said = Message(error.message.template, error.message.facts)
        return Outcome("denied", said, pump.id, sensor.id, None, wanted)
    return control.set_value(system(), actor(), pump.id, sensor.id, wanted, until=until, dry_run=dry_run)


def _page(pump: HeatPump, model: Model, sensor: Sensor, outcome: Outcome, sent: MultiDict[str, str]) -> str:
    return render_template(
        "settings/change.html",
        pump=pump,
        model=model,
        setting=settings.one(system(), pump, model, sensor),
        outcome=outcome,
        sent=sent,
        until=_readable_until(sent),
        costs=costs,
    )


def _readable_until(sent: MultiDict[str, str]) -> int | None:
    try:
        return typed.until(sent.get("until", ""), system().config.timezone)
    except Invalid:
        return None
