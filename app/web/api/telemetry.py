"""/api/telemetry: what is shared with a receiver of the owner's choice."""

from __future__ import annotations

from typing import Any

import orjson
from flask.typing import ResponseReturnValue

from app.messages import Invalid, from_json
from app.services import telemetry
from app.services.checks import only
from app.store.telemetry import Payload
from app.web.access import owner_only
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import telemetry as shapes
from app.web.languages import sentence
from app.web.parts import system


@interface.get("/telemetry")
@owner_only
@described("What is shared, what would be sent now, and what was sent", shapes.Telemetry)
def telemetry_state() -> ResponseReturnValue:
    state = telemetry.state(system())
    preview = telemetry.preview(system(), readable=False)
    return answer(
        {
            "enabled": state.enabled,
            "endpoint": state.endpoint,
            "installation_id": state.installation_id,
            "next_at": state.next_at,
            "heatpumps": sorted(state.shared),
            "preview": None if preview is None else orjson.loads(preview),
            "log": [_sent(each) for each in state.log],
        }
    )


@interface.put("/telemetry")
@owner_only
@described("Change what is sent of it", shapes.Telemetry, sends=shapes.TelemetrySent)
def change_telemetry() -> ResponseReturnValue:
    """What is not sent stays as it is."""
    sent = sent_object()
    only(sent, "", {"enabled", "endpoint", "heatpumps"})
    state = telemetry.state(system())
    enabled, endpoint = sent.get("enabled", state.enabled), sent.get("endpoint", state.endpoint)
    ids = sent.get("heatpumps", sorted(state.shared))
    if not isinstance(enabled, bool):
        raise Invalid("enabled", "%(value)r is neither true nor false", value=enabled)
    if not isinstance(endpoint, str):
        raise Invalid("endpoint", "must be an address such as https://example.org")
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise Invalid("heatpumps", "must be a list, such as %(example)s", example=["hp-001"])
    if "endpoint" in sent or "heatpumps" in sent:
        telemetry.choose(system(), endpoint, ids)
    if enabled:
        telemetry.switch_on(system())
    else:
        telemetry.switch_off(system())
    return telemetry_state()


@interface.delete("/telemetry")
@owner_only
@described("Switch it off and delete the installation id")
def forget_telemetry() -> ResponseReturnValue:
    telemetry.forget(system())
    return "", 204


def _sent(payload: Payload) -> dict[str, Any]:
    return {
        "made_at": payload.made_at,
        "ended_at": payload.ended_at,
        "endpoint": payload.endpoint,
        "outcome": payload.outcome,
        "tries": payload.tries,
        "due_at": payload.due_at,
        "reason": None if payload.said is None else sentence(from_json(payload.said)),
        "payload": orjson.loads(payload.body) if payload.body else None,
    }
