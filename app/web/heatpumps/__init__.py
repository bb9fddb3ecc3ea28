"""The pages of one heat pump: looking at it, adding, changing and removing it."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("heatpumps", __name__, url_prefix="/heatpumps")

from app.web.heatpumps import adding, changing, export, finding, looking  # noqa: E402  they add their views to `pages`

__all__ = ["adding", "changing", "export", "finding", "looking", "pages"]
