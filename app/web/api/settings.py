"""/api/…/settings and /api/writing: what can be set and what that costs, and the switches that stop all writing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.messages import Invalid
from app.services import heatpumps, models, settings, settings_log, write_permissions
from app.services.settings import Setting
from app.store.write_rules import Stop
from app.web import outcomes, visible
from app.web.access import controlling, owner_only, signed_in
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object, whole_number
from app.web.api.shapes import control as shapes
from app.web.parts import system
from app.web.shown import title
from app.web.who import actor, check_may_lift

USUAL = 100


@interface.get("/heatpumps/<heatpump_id>/settings")
@signed_in
@described("Everything that can be set, from the last reading", shapes.Settings)
def settings_of_one(heatpump_id: str) -> ResponseReturnValue:
    pump = heatpumps.get(system(), heatpump_id)
    model = models.get(system(), pump.manufacturer, pump.model)
    return answer({"settings": [_setting(each) for each in settings.of(system(), pump, model)]})


@interface.put("/heatpumps/<heatpump_id>/settings/<sensor_id>")
@owner_only
@described(
    "Allow or forbid writing a register that only one source describes", shapes.Permitted, sends=shapes.Permitted
)
def permit_setting(heatpump_id: str, sensor_id: str) -> ResponseReturnValue:
    """Allow or forbid writing a register that only one source describes."""
    may = _flag("permitted")
    write_permissions.permit(system(), actor(), heatpump_id, sensor_id, may)
    return answer({"permitted": may})


@interface.get("/heatpumps/<heatpump_id>/settings-log")
@signed_in
@described("What the settings were", (shapes.Changes, shapes.Differences), asks=shapes.LogWanted)
def changes_of_settings(heatpump_id: str) -> ResponseReturnValue:
    """Newest first; with ?first= and ?second= what differs between the ends of two days."""
    pump = heatpumps.get(system(), heatpump_id)
    if "first" in request.args or "second" in request.args:
        first, second = request.args.get("first", ""), request.args.get("second", "")
        return answer(
            {"differences": [asdict(each) for each in settings_log.differences(system(), pump, first, second)]}
        )
    found = settings_log.changes(system(), pump, whole_number("limit", USUAL) or USUAL, whole_number("before", None))
    return answer({"since": settings_log.known_since(system(), pump), "changes": [asdict(each) for each in found]})


@interface.get("/writing")
@signed_in
@described("Where nothing may be written", shapes.Stops)
def writing() -> ResponseReturnValue:
    return answer(_stops())


@interface.put("/writing")
@owner_only
@described("Stop all writing, or allow it again", shapes.Stops, sends=shapes.Stopped)
def switch_writing() -> ResponseReturnValue:
    _switch(None)
    return answer(_stops())


@interface.put("/heatpumps/<heatpump_id>/writing")
@controlling
@described("Stop writing to one heat pump, or allow it again", shapes.Stops, sends=shapes.Stopped)
def switch_writing_of_one(heatpump_id: str) -> ResponseReturnValue:
    _switch(heatpump_id)
    return answer(_stops())


def _switch(heatpump_id: str | None) -> None:
    if _flag("stopped"):
        write_permissions.stop(system(), actor(), heatpump_id)
        return
    if heatpump_id is not None:
        check_may_lift(write_permissions.stops(system()).by_heatpump.get(heatpump_id))
    write_permissions.allow(system(), actor(), heatpump_id)


def _flag(name: str) -> bool:
    value = sent_object().get(name)
    if not isinstance(value, bool):
        raise Invalid(name, "%(value)r is neither true nor false", value=value)
    return value


def _stops() -> dict[str, Any]:
    found = write_permissions.stops(system(), visible.among())
    return {
        "stopped": _stop(found.everywhere),
        "heatpumps": {heatpump_id: _stop(each) for heatpump_id, each in found.by_heatpump.items()},
    }


def _stop(stop: Stop | None) -> dict[str, Any] | None:
    return None if stop is None else {"since": stop.since, "by": stop.actor}


def _setting(setting: Setting) -> dict[str, Any]:
    sensor, write, hold = setting.sensor, setting.sensor.write, setting.hold
    assert write is not None
    codes = write.states if write.states is not None else tuple(sensor.states)
    return {
        "sensor": sensor.id,
        "title": title(sensor),
        "unit": sensor.unit,
        "category": sensor.category,
        "value": setting.current.value,
        "at": setting.current.at,
        "readable": sensor.readable,
        "min": write.minimum,
        "max": write.maximum,
        "step": write.step,
        "states": [sensor.states[code] for code in codes] or None,
        "wear": write.wear,
        "neutral": write.at_rest,
        "confirmed": sensor.confirmed,
        "permitted": setting.permitted,
        "budget": None if setting.budget is None else asdict(setting.budget),
        "held": None
        if hold is None
        else {
            "value": hold.value,
            "since": hold.since,
            "until": hold.until,
            "written_at": hold.written_at,
            "ending": hold.releasing,
            "trouble": outcomes.said(setting.trouble, sensor) or None,
        },
        "last_change": None if setting.last is None else setting.last.id,
    }
