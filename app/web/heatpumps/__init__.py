"""The pages of one heat pump: looking at it, adding, changing and removing it."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("heatpumps", __name__, url_prefix="/heatpumps")

from app.web.heatpumps import (  # noqa: E402  they add their views to `pages`
    adding,
    analysis,
    changing,
    export,
    looking,
    setting,
    settings,
)

__all__ = ["adding", "analysis", "changing", "export", "looking", "pages", "setting", "settings"]
