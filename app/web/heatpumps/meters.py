"""The owner's own meters beside a heat pump: the list, one to add or change, and trying it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.messages import Invalid
from app.services import heatpumps, meters
from app.services.meters import Own
from app.store.heatpumps import HeatPump
from app.web.access import owner_only
from app.web.heatpumps import pages
from app.web.languages import opening
from app.web.parts import system
from drivers.meters.source import KINDS, TYPES, UNITS, Meter, Shown

KIND_TITLES: Mapping[str, Callable[[], str]] = {
    "shelly": lambda: gettext("Shelly"),
    "json": lambda: gettext("Any web address with JSON"),
    "prometheus": lambda: gettext("A page of Prometheus metrics"),
    "promql": lambda: gettext("A query to a Prometheus"),
    "modbus": lambda: gettext("A Modbus TCP register"),
}
SIDE_TITLES: Mapping[str, Callable[[], str]] = {
    "electric": lambda: gettext("Electricity"),
    "heat": lambda: gettext("Heat"),
}


@pages.get("/<heatpump_id>/meters")
@owner_only
def meters_of(heatpump_id: str) -> ResponseReturnValue:
    pump = heatpumps.get(system(), heatpump_id)
    return render_template(
        "heatpumps/meters.html",
        pump=pump,
        meters=meters.of(system(), pump),
        latest=system().latest.of(pump.id),
        problems=system().meters.problems(pump.id),
        sensors=system().meters.sensors,
        kinds=KIND_TITLES,
        sides=SIDE_TITLES,
    )


@pages.get("/<heatpump_id>/meters/add")
@owner_only
def add_meter(heatpump_id: str) -> ResponseReturnValue:
    kind = request.args.get("kind", "")
    return _form(heatpumps.get(system(), heatpump_id), {"kind": kind if kind in KINDS else KINDS[0]})


@pages.post("/<heatpump_id>/meters/add")
@owner_only
def keep_meter(heatpump_id: str) -> ResponseReturnValue:
    return _kept_or_tried(heatpumps.get(system(), heatpump_id), None)


@pages.get("/<heatpump_id>/meters/<int:meter_id>")
@owner_only
def edit_meter(heatpump_id: str, meter_id: int) -> ResponseReturnValue:
    pump = heatpumps.get(system(), heatpump_id)
    own = meters.get(system(), pump, meter_id)
    return _form(pump, _fields(own.meter), own)


@pages.post("/<heatpump_id>/meters/<int:meter_id>")
@owner_only
def change_meter(heatpump_id: str, meter_id: int) -> ResponseReturnValue:
    pump = heatpumps.get(system(), heatpump_id)
    return _kept_or_tried(pump, meters.get(system(), pump, meter_id))


@pages.post("/<heatpump_id>/meters/<int:meter_id>/remove")
@owner_only
def remove_meter(heatpump_id: str, meter_id: int) -> ResponseReturnValue:
    meters.remove(system(), heatpumps.get(system(), heatpump_id), meter_id)
    return redirect(url_for("heatpumps.meters_of", heatpump_id=heatpump_id))


def _kept_or_tried(pump: HeatPump, own: Own | None) -> ResponseReturnValue:
    sent = _sent(request.form)
    try:
        if request.form.get("action") == "test":
            shown = meters.try_out(system(), pump, sent, None if own is None else own.id)
            return _form(pump, request.form, own, shown=shown)
        if own is None:
            meters.add(system(), pump, sent)
        else:
            meters.change(system(), pump, own.id, sent)
    except Invalid as error:
        return _form(pump, request.form, own, error), 400
    return redirect(url_for("heatpumps.meters_of", heatpump_id=pump.id))


def _sent(form: Mapping[str, str]) -> dict[str, Any]:
    """As the service wants it; a number that is none stays a text, which it refuses by name."""
    sent: dict[str, Any] = {name: form[name] for name in ("kind", "side", "address", "user", "channel") if name in form}
    sent |= {name: form[name] for name in ("table", "type", "word_order") if name in form}
    sent |= {name: _number(form[name]) for name in ("unit_id", "scale", "interval") if form.get(name, "").strip()}
    for quantity in ("power", "energy"):
        if form.get(f"{quantity}_at", "").strip():
            sent[quantity] = {"at": form[f"{quantity}_at"], "unit": form.get(f"{quantity}_unit")}
    if form.get("secret") or form.get("forget"):
        sent["secret"] = form.get("secret", "")
    return sent


def _number(text: str) -> float | int | str:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return text
    return round(value) if value.is_integer() else value


def _fields(meter: Meter) -> dict[str, str]:
    """A kept meter as the form shows it; its secret is not there."""
    fields = {
        "kind": meter.kind,
        "side": meter.side,
        "address": meter.address,
        "user": meter.user,
        "channel": meter.channel,
        "unit_id": str(meter.unit_id),
        "table": meter.table,
        "type": meter.type,
        "word_order": meter.word_order,
        "scale": f"{meter.scale:g}",
        "interval": "" if meter.interval_s is None else f"{meter.interval_s:g}",
    }
    for quantity, place in meter.places.items():
        fields |= {f"{quantity}_at": place.at, f"{quantity}_unit": place.unit}
    return fields


def _form(
    pump: HeatPump,
    typed: Mapping[str, str],
    own: Own | None = None,
    error: Invalid | None = None,
    shown: Shown | None = None,
) -> str:
    return render_template(
        "heatpumps/meter.html",
        pump=pump,
        typed=typed,
        kind=typed.get("kind") if typed.get("kind") in KINDS else KINDS[0],
        own=own,
        errors={} if error is None else {error.field.partition(".")[0]: opening(error.message)},
        result=shown,
        sensors=system().meters.sensors,
        kinds=KIND_TITLES,
        sides=SIDE_TITLES,
        units=UNITS,
        types=TYPES,
    )
