"""The pages of one heat pump: looking at it, adding, changing and removing it."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("heatpumps", __name__, url_prefix="/heatpumps")

from app.web.heatpumps import (  # noqa: E402  they add their views to `pages`
    added,
    adding,
    analysis,
    anomalies,
    changing,
    export,
    finding,
    looking,
    meters,
    registers,
    setting,
    settings,
    settings_log,
    sign_in,
    tabs,
)

__all__ = [
    "added",
    "adding",
    "analysis",
    "anomalies",
    "changing",
    "export",
    "finding",
    "looking",
    "meters",
    "pages",
    "registers",
    "setting",
    "settings",
    "settings_log",
    "sign_in",
    "tabs",
]
