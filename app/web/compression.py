"""Scripts and style sheets travel compressed. Pages do not: what is secret in them must not show in their length."""

from __future__ import annotations

import gzip

from flask import Flask, Response, current_app, request

from app.web.assets import FILE_VIEWS

COMPRESSIBLE = ("text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/manifest+json")
LEAST_BYTES = 400
LEVEL = 9
"""Each file once per start: a few milliseconds."""


def add_to(app: Flask) -> None:
    app.extensions["compressed"] = {}
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if request.endpoint not in FILE_VIEWS or response.mimetype not in COMPRESSIBLE:
        return response
    response.vary.add("Accept-Encoding")
    tag, _ = response.get_etag()
    if tag is not None:
        response.set_etag(tag, weak=True)  # the same for both ways in which the file may travel
    if response.status_code != 200 or not request.accept_encodings["gzip"] or request.method == "HEAD":
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) < LEAST_BYTES:
        return response
    kept: dict[tuple[str, str | None], bytes] = current_app.extensions["compressed"]
    place = (request.path, tag)
    if place not in kept:
        kept[place] = gzip.compress(content, LEVEL, mtime=0)
    response.set_data(kept[place])
    response.headers["Content-Encoding"] = "gzip"
    return response
