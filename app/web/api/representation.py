"""Heat pumps, models and values as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from app.analysis.boundary import Boundary
from app.score import SCORE
from app.services import alert_events, overview, values
from app.services.cloud import State
from app.services.connection_test import Diagnosis
from app.services.status import Status
from app.store.heatpumps import HeatPump
from app.system import System
from app.web import performance, wording
from app.web.languages import current, sentence
from drivers.discovered import Found
from drivers.model import Model
from drivers.search import Progress


def heat_pump(pump: HeatPump, status: Status) -> dict[str, Any]:
    return {
        "id": pump.id,
        "name": pump.name,
        "manufacturer": pump.manufacturer,
        "model": pump.model,
        "connection_config": dict(pump.connection),
        "device_config": dict(pump.settings),
        "enabled": pump.enabled,
        "created_at": pump.created_at,
        "updated_at": pump.updated_at,
        "status": {
            "state": status.state,
            "freshness": status.freshness,
            "since": status.since,
            "last_seen": status.last_seen,
            "reason": None if status.reason is None else sentence(status.reason),
        },
    }


def cloud(state: State) -> dict[str, Any]:
    """How it stands with the account at the maker's cloud; no secret is in it."""
    calls = state.calls
    return {
        "signed_in": state.signed_in,
        "interval_s": state.interval_s,
        "calls": {
            "day": calls.day,
            "day_limit": calls.day_limit,
            "ten_minutes": calls.short,
            "ten_minutes_limit": calls.short_limit,
            "stopped_until": calls.stopped_until,
        },
    }


def last_values(
    system: System,
    pump: HeatPump,
    model: Model | None,
    status: Status,
    boundary: Boundary | None,
    only: Collection[str] = (),
) -> dict[str, Any]:
    """The last value of every sensor of this heat pump (or of those in `only`), and how it is doing in words."""
    samples = system.latest.of(pump.id)
    wanted = samples if not only else [sensor_id for sensor_id in only if sensor_id in samples]
    if model is not None:
        every, options = model.every_sensor, pump.options
        wanted = [name for name in wanted if name == SCORE or (name in every and every[name].fitted(options))]
    fault = None if model is None else values.fault(system, pump, model)
    words = wording.of(status, fault, system.clock())
    return {
        "id": pump.id,
        "name": pump.name,
        "manufacturer": pump.manufacturer,
        "model": pump.model,
        "state": status.state,
        "freshness": status.freshness,
        "tone": words.tone,
        "text": words.text,
        "reason": words.reason,
        "since": status.since,
        "at": status.last_seen,
        "open_alerts": alert_events.number_open(system, pump.id),
        "values": {name: samples[name].value for name in wanted},
        "times": {name: samples[name].since for name in wanted},
        "performance": performance.plain(overview.performance(system, pump, boundary)),
    } | ({} if model is None else _derived(model, wanted))


def _derived(model: Model, sensor_ids: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """Which of these are no registers, and what each follows from; nothing when all of them are registers."""
    known = [model.every_sensor[sensor_id] for sensor_id in sensor_ids if sensor_id in model.every_sensor]
    found = {sensor.id: sensor.derived for sensor in known}
    derived = {sensor_id: list(each.inputs) for sensor_id, each in found.items() if each is not None}
    return {"derived": derived} if derived else {}


def diagnosis(of: Diagnosis) -> dict[str, Any]:
    """Why a test failed, what to do, and the settings with which it would not."""
    instead: dict[str, Any] = {}
    if of.model is not None:
        instead |= {"manufacturer": of.model.manufacturer, "model": of.model.id}
    if of.unit_id is not None:
        instead["unit_id"] = of.unit_id
    return {
        "code": of.code,
        "reason": sentence(of.reason),
        "advice": sentence(of.advice),
        **({"instead": instead} if instead else {}),
    }


def search(progress: Progress | None) -> dict[str, Any]:
    """How far the search for heat pumps is; `search` is null when there was none since the start."""
    if progress is None:
        return {"search": None}
    return {
        "search": {
            "network": progress.network,
            "running": progress.running,
            "complete": progress.complete,
            "places": progress.places,
            "done": progress.done,
            "begun": progress.begun,
            "ended": progress.ended,
            "found": [found(each) for each in progress.found],
            "known": [{"id": each.heatpump_id, "host": each.host, "port": each.port} for each in progress.known],
        }
    }


def found(who: Found) -> dict[str, Any]:
    """Somebody who answered; `manufacturer` and `model` are those of the catalogue that fit."""
    return {
        "host": who.host,
        "port": who.port,
        "says": who.says,
        "protocol": who.protocol,
        "manufacturer": who.model.manufacturer if who.model else None,
        "model": who.model.id if who.model else None,
        "alike": [model.name for model in who.alike],
        "unit_id": who.unit_id,
        "framing": who.framing,
        "machine": who.machine or None,
    }


def problems(system: System, pump: HeatPump) -> dict[str, str]:
    """Why a sensor has no value, by its id."""
    return {name: sentence(why) for name, why in values.problems(system, pump.id).items()}


def model(of: Model) -> dict[str, Any]:
    return {"id": of.id, "title": of.title, "capabilities": dict(of.capabilities)}


def setup(of: Model) -> dict[str, Any]:
    """What somebody needs to know to add a heat pump of this model."""
    language = current()
    return {
        "manufacturer": of.manufacturer,
        "model": of.id,
        "title": of.title,
        "setup": of.setup[language],
        "connection": of.connection.settings,
        "options": {
            name: {"title": option.title[language], "choices": option.choices, "default": option.default}
            for name, option in of.options.items()
        },
        "capabilities": dict(of.capabilities),
    }
