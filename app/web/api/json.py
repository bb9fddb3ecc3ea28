"""JSON in and out, fast and strict."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, request

from app.messages import Invalid, Rejected


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


def whole_number(name: str, usual: int | None) -> int | None:
    """A parameter of the address that is a whole number, from 0 on. Raises Invalid."""
    text = request.args.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Invalid(name, "%(value)s is not a whole number", value=text[:50] or "–")
    return int(text)
