"""The JSON interface; docs/api.md describes it."""

from __future__ import annotations

from flask import Blueprint

interface = Blueprint("api", __name__, url_prefix="/api")

from app.web.api import (  # noqa: E402  they add their views to `interface`
    alerts,
    channels,
    current,
    export,
    heatpumps,
    manufacturers,
    series,
    time_line,
)

__all__ = [
    "alerts",
    "channels",
    "current",
    "export",
    "heatpumps",
    "interface",
    "manufacturers",
    "series",
    "time_line",
]
