"""JSON in and out, fast and strict."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request

from app.messages import Rejected


def answer(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, content_type="application/json")


def sent_object(required: bool = True) -> dict[str, Any]:
    """The body as one JSON object. Raises Rejected."""
    body = request.get_data()
    if not body and not required:
        return {}
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        content = None
    if not isinstance(content, dict):
        raise Rejected("the body must be one JSON object")
    return content
