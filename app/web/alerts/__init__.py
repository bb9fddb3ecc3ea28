"""The pages of alerts: rules, what they found, who is told, and when nobody is."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("alerts", __name__, url_prefix="/alerts")

from app.web.alerts import channels, events, maintenance, rules  # noqa: E402  they add their views to `pages`

__all__ = ["channels", "events", "maintenance", "pages", "rules"]
