"""The JSON interface; docs/api.md describes it."""

from __future__ import annotations

from flask import Blueprint

interface = Blueprint("api", __name__, url_prefix="/api")

from app.web.api import current, export, finding, heatpumps, manufacturers, series  # noqa: E402  they add their views to `interface`

__all__ = ["current", "export", "finding", "heatpumps", "interface", "manufacturers", "series"]
