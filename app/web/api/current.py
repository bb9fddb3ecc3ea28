"""/api/data: the last values, from memory; nobody waits for a heat pump here."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from app.services import heatpumps, metering, models, status
from app.web import visible
from app.web.access import signed_in
from app.web.api import interface, representation
from app.web.api.described import described
from app.web.api.json import answer
from app.web.api.shapes import values as shapes
from app.web.machine import picture
from app.web.parts import system


@interface.get("/data")
@signed_in
@described("The last values of all heat pumps", shapes.LastValuesOfAll, asks=shapes.SomeHeatPumps)
def values_of_all() -> ResponseReturnValue:
    """Of all heat pumps, or of those in ?heatpump_id=; ?sensors=a,b leaves out the others."""
    ids = request.args.getlist("heatpump_id")
    pumps = [heatpumps.get(system(), each) for each in dict.fromkeys(ids)] if ids else visible.heat_pumps()
    statuses, limits = status.of_all(system(), pumps), metering.boundaries(system())
    return answer(
        {
            "heatpumps": [
                representation.last_values(
                    system(), pump, models.of(system(), pump), statuses[pump.id], limits.get(pump.id), _only()
                )
                for pump in pumps
            ]
        }
    )


@interface.get("/data/<heatpump_id>")
@signed_in
@described("The last values of a heat pump", shapes.LastValuesOfOne, asks=shapes.SomeSensors)
def values_of_one(heatpump_id: str) -> ResponseReturnValue:
    pump = heatpumps.get(system(), heatpump_id)
    boundary = metering.boundaries(system()).get(pump.id)
    model = models.of(system(), pump)
    shown = representation.last_values(system(), pump, model, status.of(system(), pump), boundary, _only())
    drawn = None if model is None else picture.plain(system(), pump, model)
    return answer(shown | {"problems": representation.problems(system(), pump), "picture": drawn})


def _only() -> list[str]:
    return [name for name in request.args.get("sensors", "").split(",") if name]
