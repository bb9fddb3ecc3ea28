"""What every answer tells the browser not to do."""

from __future__ import annotations

from flask import Flask, Response, request

from app.web.assets import FILE_VIEWS

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Bootstrap's style sheet draws its small marks that way
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}
"""For a year browsers ask for this site over TLS only; sent only where a proxy speaks it."""


def add_to(app: Flask, behind_https: bool) -> None:
    headers = HEADERS | (HTTPS_ONLY if behind_https else {})

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.endpoint not in FILE_VIEWS:
            response.headers["Cache-Control"] = "no-store"
        return response
