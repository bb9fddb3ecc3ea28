"""/api/heatpumps/<id>/meters: the owner's own meters beside a heat pump."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask.typing import ResponseReturnValue

from app.services import heatpumps, meters
from app.services.meters import Own
from app.web.access import owner_only
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import figures as shapes
from app.web.languages import sentence
from app.web.parts import system


@interface.get("/heatpumps/<heatpump_id>/meters")
@owner_only
@described("The owner's own meters beside it", shapes.Meters)
def all_meters(heatpump_id: str) -> ResponseReturnValue:
    pump = heatpumps.get(system(), heatpump_id)
    return answer({"meters": [_meter(pump.id, own) for own in meters.of(system(), pump)]})


@interface.post("/heatpumps/<heatpump_id>/meters")
@owner_only
@described("Read another meter from the next poll on", shapes.Meter, status=201, sends=shapes.MeterSent)
def add_meter(heatpump_id: str) -> ResponseReturnValue:
    pump = heatpumps.get(system(), heatpump_id)
    return answer(_meter(pump.id, meters.add(system(), pump, sent_object())), 201)


@interface.post("/heatpumps/<heatpump_id>/meters/test")
@owner_only
@described("Read a meter once, now, and keep nothing", shapes.MeterShown, sends=shapes.MeterSent)
def try_meter(heatpump_id: str) -> ResponseReturnValue:
    """Read it once, now; nothing is kept."""
    shown = meters.try_out(system(), heatpumps.get(system(), heatpump_id), sent_object())
    problems = {name: sentence(why) for name, why in shown.problems.items()}
    return answer({"values": dict(shown.values), "problems": problems})


@interface.put("/heatpumps/<heatpump_id>/meters/<int:meter_id>")
@owner_only
@described("Replace what is known about a meter", shapes.Meter, sends=shapes.MeterSent)
def change_meter(heatpump_id: str, meter_id: int) -> ResponseReturnValue:
    pump = heatpumps.get(system(), heatpump_id)
    return answer(_meter(pump.id, meters.change(system(), pump, meter_id, sent_object())))


@interface.delete("/heatpumps/<heatpump_id>/meters/<int:meter_id>")
@owner_only
@described("Read this meter no more")
def remove_meter(heatpump_id: str, meter_id: int) -> ResponseReturnValue:
    meters.remove(system(), heatpumps.get(system(), heatpump_id), meter_id)
    return "", 204


def _meter(heatpump_id: str, own: Own) -> dict[str, Any]:
    meter, problems = own.meter, system().meters.problems(heatpump_id)
    plain = asdict(meter)
    return {
        "id": own.id,
        **{name: value for name, value in plain.items() if name not in ("places", "interval_s")},
        "interval": meter.interval_s,
        "power": plain["places"].get("power"),
        "energy": plain["places"].get("energy"),
        "has_secret": own.has_secret,
        "sensors": list(meter.delivers),
        "problems": {name: sentence(why) for name, why in problems.items() if name in meter.delivers},
    }
