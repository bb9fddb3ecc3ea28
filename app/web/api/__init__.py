"""The JSON interface; docs/api.md describes it."""

from __future__ import annotations

from flask import Blueprint

interface = Blueprint("api", __name__, url_prefix="/api")

from app.web.api import (  # noqa: E402  they add their views to `interface`
    audit,
    control,
    current,
    export,
    figures,
    heatpumps,
    jobs,
    manufacturers,
    meters,
    series,
    settings,
    tariffs,
)

__all__ = [
    "audit",
    "control",
    "current",
    "export",
    "figures",
    "heatpumps",
    "interface",
    "jobs",
    "manufacturers",
    "meters",
    "series",
    "settings",
    "tariffs",
]
