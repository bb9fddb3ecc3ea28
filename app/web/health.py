"""`/healthz`: for whoever watches over the process."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from app.services import health
from app.web.access import public
from app.web.parts import system

probe = Blueprint("health", __name__)


@probe.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    trouble = health.trouble(system())
    if trouble is not None:
        return jsonify(status="error", reason=trouble), 503
    return jsonify(status="ok")
