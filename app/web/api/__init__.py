"""The JSON interface; docs/api.md describes it."""

from __future__ import annotations

from flask import Blueprint

interface = Blueprint("api", __name__, url_prefix="/api")

from app.web.api import (  # noqa: E402  they add their views to `interface`
    alerts,
    anomalies,
    audit,
    channels,
    charts,
    control,
    current,
    dashboards,
    export,
    figures,
    finding,
    heatpumps,
    jobs,
    manufacturers,
    meters,
    mqtt,
    openapi,
    own_state,
    people,
    series,
    settings,
    tariffs,
    telemetry,
    time_line,
    tokens,
    trends,
)

__all__ = [
    "alerts",
    "anomalies",
    "audit",
    "channels",
    "charts",
    "control",
    "current",
    "dashboards",
    "export",
    "figures",
    "finding",
    "heatpumps",
    "interface",
    "jobs",
    "manufacturers",
    "meters",
    "mqtt",
    "openapi",
    "own_state",
    "people",
    "series",
    "settings",
    "tariffs",
    "telemetry",
    "time_line",
    "tokens",
    "trends",
]
