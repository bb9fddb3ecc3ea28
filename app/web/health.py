"""`/healthz`: for whoever watches over the process, and for systems that restart or route by it."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.services import health
from app.services.health import Proof
from app.web.access import public
from app.web.parts import system

probe = Blueprint("health", __name__)


def add_to(app: Flask) -> None:
    app.extensions["proof"] = Proof()
    app.register_blueprint(probe)


@probe.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Both questions; 503 when either is answered with no."""
    lifeless, unready = health.lifeless(system()), _unready()
    return _answer(lifeless or unready, live=lifeless is None, ready=lifeless is None and unready is None)


@probe.get("/healthz/live")
@public
def live() -> ResponseReturnValue:
    """Would a restart help?"""
    return _answer(health.lifeless(system()))


@probe.get("/healthz/ready")
@public
def ready() -> ResponseReturnValue:
    """Is what is read also kept?"""
    return _answer(health.lifeless(system()) or _unready())


def _unready() -> str | None:
    return health.unready(system(), current_app.extensions["proof"])


def _answer(trouble: str | None, **answers: bool) -> ResponseReturnValue:
    if trouble is not None:
        return jsonify(status="error", reason=trouble, **answers), 503
    return jsonify(status="ok", **answers)
