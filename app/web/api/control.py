"""/api/control: write a value to a heat pump; the same rules and the same audit as on the page."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from app.messages import Invalid
from app.services import control, heatpumps, models
from app.services.moments import LATEST_TIME, NoMoment, exact
from app.services.outcome import Outcome
from app.web import outcomes
from app.web.access import controlling
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import control as shapes
from app.web.parts import system
from app.web.who import actor

FIELDS = {"sensor", "value", "until", "dry_run"}


@interface.post("/control/<heatpump_id>")
@controlling
@described("Write a value and read it back", shapes.Outcome, sends=shapes.WriteWanted, refuses=shapes.Outcome)
def write_value(heatpump_id: str) -> ResponseReturnValue:
    """Waits for the heat pump."""
    heatpumps.get(system(), heatpump_id)
    content = _checked(sent_object())
    outcome = control.set_value(
        system(),
        actor(),
        heatpump_id,
        content["sensor"],
        content["value"],
        until=_until(content.get("until")),
        dry_run=content.get("dry_run", False),
    )
    return answer(shown(outcome), outcomes.status_of(outcome))


def shown(outcome: Outcome) -> dict[str, Any]:
    pump = heatpumps.get(system(), outcome.heatpump_id)
    model = models.of(system(), pump)
    sensor = model.every_sensor.get(outcome.sensor) if model is not None else None
    said = outcomes.said(outcome.said, sensor)
    return {
        "outcome": outcome.kind,
        "text": said,
        "reason": outcome.reason,
        "heatpump_id": outcome.heatpump_id,
        "sensor": outcome.sensor,
        "old": outcome.old,
        "requested": outcome.requested,
        "read_back": outcome.read_back,
        "audit_id": outcome.entry_id,
        **({} if outcome.done or outcome.kind == "planned" else {"error": said}),
    }


def _checked(content: dict[str, Any]) -> dict[str, Any]:
    for name in ("sensor", "value"):
        if name not in content:
            raise Invalid(name, "is missing")
    for name in content:
        if name not in FIELDS:
            raise Invalid(name, "there is no such field; known are %(known)s", known=", ".join(sorted(FIELDS)))
    if not isinstance(content["sensor"], str):
        raise Invalid("sensor", "%(value)s is not the id of a sensor", value=str(content["sensor"])[:100])
    if not isinstance(content.get("dry_run", False), bool):
        raise Invalid("dry_run", "%(value)r is neither true nor false", value=content["dry_run"])
    return content


def _until(value: object) -> int | None:
    """UTC seconds of a number or an ISO 8601 time with its zone."""
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LATEST_TIME:
        return value
    try:
        return exact(str(value))
    except NoMoment:
        raise Invalid("until", "%(value)s is no time such as 2026-01-31T06:00:00Z", value=str(value)[:100]) from None
