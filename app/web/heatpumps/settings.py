"""The settings of a heat pump: every value that can be written, and the switch that stops all writing to it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.messages import NotFound
from app.services import audits, heatpumps, models, settings, status, write_permissions
from app.store.audit import Entry
from app.web import costs
from app.web.access import controlling, signed_in
from app.web.heatpumps import pages
from app.web.parts import categories, system
from app.web.who import actor, check_may_lift


@pages.get("/<heatpump_id>/settings")
@signed_in
def settings_of(heatpump_id: str) -> ResponseReturnValue:
    parts = system()
    pump = heatpumps.get(parts, heatpump_id)
    model = models.get(parts, pump.manufacturer, pump.model)
    every = settings.of(parts, pump, model)
    return render_template(
        "settings/page.html",
        pump=pump,
        model=model,
        groups=settings.grouped(every, categories()),
        held=[each for each in every if each.hold is not None],
        categories=categories(),
        status=status.of(parts, pump),
        done=_done(heatpump_id),
        costs=costs,
    )


@pages.post("/<heatpump_id>/writing")
@controlling
def switch_writing(heatpump_id: str) -> ResponseReturnValue:
    """Stop all writing to this heat pump, or allow it again."""
    if request.form.get("action") == "allow":
        check_may_lift(write_permissions.stops(system()).by_heatpump.get(heatpump_id))
        write_permissions.allow(system(), actor(), heatpump_id)
    else:
        write_permissions.stop(system(), actor(), heatpump_id)
    return redirect(url_for("heatpumps.settings_of", heatpump_id=heatpump_id))


def _done(heatpump_id: str) -> Entry | None:
    """The write that was just made, when its number stands in the address."""
    asked = request.args.get("done", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 16):
        return None
    try:
        entry = audits.get(system(), int(asked))
    except NotFound:
        return None
    return entry if entry.intent.heatpump_id == heatpump_id else None
