"""`/metrics`: the last values and the product's own health, for Prometheus and its like."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from app.web.access import signed_in_or_token
from app.web.parts import system

scrape = Blueprint("metrics", __name__)


@scrape.get("/metrics")
@signed_in_or_token
def page() -> ResponseReturnValue:
    from app.services import metrics  # who is never scraped need not load what it takes

    content, kind = metrics.page(system(), request.headers.get("Accept", ""))
    return Response(content, content_type=kind)
