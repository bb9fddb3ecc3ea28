"""`/metrics`: the last values and the product's own health, for Prometheus and its like."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.web import visible
from app.web.access import scraping
from app.web.parts import system

scrape = Blueprint("metrics", __name__)


@scrape.get("/metrics")
@scraping
def page() -> ResponseReturnValue:
    from app.services import metrics  # who is never scraped need not load what it takes

    among = visible.among() if current_user.is_authenticated else None  # the settings' own token sees everything
    content, kind = metrics.page(system(), request.headers.get("Accept", ""), among)
    return Response(content, content_type=kind)
