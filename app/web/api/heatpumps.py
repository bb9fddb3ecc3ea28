"""/api/heatpumps: the owner's heat pumps."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from app.messages import Invalid
from app.services import cloud, connection_test, heatpumps, status
from app.services.connection_test import Diagnosis
from app.store.heatpumps import HeatPump
from app.web import visible
from app.web.access import controlling, owner_only, signed_in
from app.web.api import interface, representation
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import heatpumps as shapes
from app.web.parts import system
from drivers.errors import BadAnswer, DriverError, Refused

ALIASES = {"connection": "connection_config", "config": "device_config"}


@interface.get("/heatpumps")
@signed_in
@described("The heat pumps, in the order of their ids", shapes.HeatPumps)
def all_heatpumps() -> ResponseReturnValue:
    pumps = visible.heat_pumps()
    statuses = status.of_all(system(), pumps)
    return answer({"heatpumps": [representation.heat_pump(pump, statuses[pump.id]) for pump in pumps]})


@interface.post("/heatpumps")
@owner_only
@described("Add a heat pump and begin to read it", shapes.HeatPump, status=201, sends=shapes.HeatPumpSent)
def add_heatpump() -> ResponseReturnValue:
    pump = heatpumps.add(system(), _sent())
    return answer(_shown(pump), 201, {"Location": url_for("api.one_heatpump", heatpump_id=pump.id)})


@interface.get("/heatpumps/<heatpump_id>")
@signed_in
@described("One heat pump", shapes.HeatPump)
def one_heatpump(heatpump_id: str) -> ResponseReturnValue:
    return answer(_shown(heatpumps.get(system(), heatpump_id)))


@interface.put("/heatpumps/<heatpump_id>")
@owner_only
@described("Change the fields that are sent", shapes.HeatPump, sends=shapes.HeatPumpSent)
def change_heatpump(heatpump_id: str) -> ResponseReturnValue:
    return answer(_shown(heatpumps.change(system(), heatpump_id, _sent())))


@interface.delete("/heatpumps/<heatpump_id>")
@owner_only
@described("Remove it with its whole history")
def remove_heatpump(heatpump_id: str) -> ResponseReturnValue:
    heatpumps.remove(system(), heatpump_id)
    return "", 204


@interface.post("/heatpumps/<heatpump_id>/test")
@controlling
@described("Read it now, and keep nothing", (shapes.Works, shapes.DoesNotWork))
def test_heatpump(heatpump_id: str) -> ResponseReturnValue:
    """The only request that waits for a heat pump."""
    pump = heatpumps.get(system(), heatpump_id)
    trial = connection_test.run(system(), heatpumps.sent_again(pump))
    if isinstance(trial, Diagnosis):
        return answer({"ok": False, "kind": _kind(trial.failure), **representation.diagnosis(trial)})
    return answer(
        {
            "ok": True,
            "seconds": round(trial.answer.seconds, 3),
            "requests": trial.answer.requests,
            "sensors": trial.delivered,
            "fitted": dict(trial.fitted),
        }
    )


def _sent() -> dict[str, Any]:
    """The body, with the short names in full."""
    content = sent_object()
    for short, full in ALIASES.items():
        if short in content:
            if full in content:
                raise Invalid(short, "is another name for %(field)s; send only one of them", field=full)
            content[full] = content.pop(short)
    return content


def _shown(pump: HeatPump) -> dict[str, Any]:
    shown = representation.heat_pump(pump, status.of(system(), pump))
    its_cloud = cloud.of(system(), pump)
    return shown if its_cloud is None else shown | {"cloud": representation.cloud(its_cloud)}


def _kind(failure: DriverError) -> str:
    if isinstance(failure, Refused):
        return "refused"
    return "bad_answer" if isinstance(failure, BadAnswer) else "unreachable"
