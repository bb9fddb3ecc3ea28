"""The lengths of time that charts can be looked at, and the one that the address asks for."""

from __future__ import annotations

from flask import request

from app.web.parts import system

SPANS = {"24h": 86_400, "7d": 7 * 86_400, "30d": 30 * 86_400, "1y": 365 * 86_400}
USUAL = "24h"


def asked_span() -> tuple[str, float]:
    """Its name, and the time now."""
    name = request.args.get("range", "")
    return (name if name in SPANS else USUAL), system().clock()
