"""Changes come from a page of ours: a token in each form and header, except where no cookie could betray anybody."""

from __future__ import annotations

from flask import Flask, request
from flask_wtf import CSRFProtect

from app.web.sessions import bearer_key


def add_to(app: Flask) -> None:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    protection = CSRFProtect(app)

    @app.before_request
    def check() -> None:
        """A request with a bearer token is nobody by its cookie, and no other site can make a browser send one."""
        if request.endpoint and bearer_key() is None:
            protection.protect()
