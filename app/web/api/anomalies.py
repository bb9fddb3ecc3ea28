"""/api/heatpumps/<id>/anomalies: how a heat pump behaves, what was found, and what its owner says to that."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.messages import Invalid
from app.services import behaviour, heatpumps
from app.services.behaviour import Told
from app.store.heatpumps import HeatPump
from app.web.access import controlling, signed_in
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer, sent_object
from app.web.api.shapes import anomalies as shapes
from app.web.parts import system


@interface.get("/heatpumps/<heatpump_id>/anomalies")
@signed_in
@described("How it behaves, and what was found", shapes.Behaviour)
def anomalies(heatpump_id: str) -> ResponseReturnValue:
    return answer(_behaviour(heatpumps.get(system(), heatpump_id)))


@interface.post("/heatpumps/<heatpump_id>/anomalies/new-normal")
@controlling
@described("Learn its behaviour anew from now on", shapes.Behaviour)
def call_normal(heatpump_id: str) -> ResponseReturnValue:
    pump = heatpumps.get(system(), heatpump_id)
    behaviour.call_normal(system(), pump)
    return answer(_behaviour(pump))


@interface.put("/heatpumps/<heatpump_id>/anomalies/<int:finding_id>")
@controlling
@described("Say what a finding was", shapes.Behaviour, sends=shapes.Judged)
def judge_finding(heatpump_id: str, finding_id: int) -> ResponseReturnValue:
    pump, sent = heatpumps.get(system(), heatpump_id), sent_object()
    for key in sent:
        if key != "verdict":
            raise Invalid(key, "there is no such field; known are %(known)s", known="verdict")
    behaviour.judge(system(), pump, finding_id, sent.get("verdict"), current_user.name)
    return answer(_behaviour(pump))


def _behaviour(pump: HeatPump) -> dict[str, Any]:
    from app.web import behaviour as words  # numpy is loaded by the first who looks

    found, now = behaviour.of(system(), pump), system().clock()
    said = words.of(found, now)
    learning = found.learning
    return {
        "state": found.state,
        "text": f"{said.text} {said.known}",
        "day": None if learning is None else learning.day,
        "days": None if learning is None else learning.of,
        "learned_from": found.learned_from,
        "learned_until": found.learned_until,
        "quantities": list(found.quantities),
        "score": found.score,
        "at": found.judged_at,
        "current": found.current,
        "alarm": found.alarm,
        "news": list(found.news),
        "findings": [_finding(each, now) for each in behaviour.findings_of(system(), pump)],
    }


def _finding(told: Told, now: float) -> dict[str, Any]:
    from app.web import behaviour as words

    finding = told.finding
    return {
        "id": finding.id,
        "from": finding.since,
        "to": finding.until,
        "lasts": told.lasts,
        "score": finding.score,
        "verdict": finding.verdict,
        "reasons": [{**asdict(each), "text": words.reason(each, now)} for each in told.reasons],
    }
