"""/api/audit: who changed what, and undoing it."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from app.services import audits, control
from app.store.audit import Entry
from app.web import outcomes, visible
from app.web.access import controlling, signed_in
from app.web.api import control as control_view
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, whole_number
from app.web.api.shapes import control as shapes
from app.web.parts import system
from app.web.who import actor

USUAL = 100


@interface.get("/audit")
@signed_in
@described("Every attempt to change something, newest first", shapes.Entries, asks=shapes.EntriesWanted)
def audit_entries() -> ResponseReturnValue:
    """Newest first; ?before= goes on after the entry of this number."""
    which = audits.wanted(request.args, system().config.timezone, visible.among())
    found = audits.newest(system(), which, whole_number("limit", USUAL) or USUAL, whole_number("before", None))
    return answer({"entries": [_shown(entry) for entry in found]})


@interface.post("/audit/<int:entry_id>/undo")
@controlling
@described("Write back what was there before", shapes.Outcome, refuses=shapes.Outcome)
def undo_write(entry_id: int) -> ResponseReturnValue:
    """Writes back what was there before. Waits for the heat pump."""
    outcome = control.undo(system(), actor(), entry_id)
    return answer(control_view.shown(outcome), outcomes.status_of(outcome))


def _shown(entry: Entry) -> dict[str, Any]:
    intent = entry.intent
    return {
        "id": entry.id,
        "begun_at": entry.begun_at,
        "ended_at": entry.ended_at,
        "actor": {"kind": intent.actor.kind, "name": intent.actor.name},
        "action": intent.action,
        "heatpump_id": intent.heatpump_id,
        "heatpump": intent.heatpump,
        "sensor": intent.sensor,
        "old": intent.old,
        "requested": intent.requested,
        "read_back": entry.read_back,
        "outcome": entry.outcome,
        "text": outcomes.said(entry.said, None),
        "undoes": intent.undoes,
    }
