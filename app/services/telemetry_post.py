"""One telemetry payload over HTTP: bounded in time, to the chosen address and nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

from app.version import __version__
from drivers import web
from drivers.web import Base

TIMEOUT_S = 15.0
"""For all of it: a receiver that trickles must not hold up the long work that waits behind it."""


def post(endpoint: str, body: str, timeout_s: float = TIMEOUT_S) -> int:
    """The status of the answer; a redirect is not followed. Raises Unreachable or BadAnswer when there is none."""
    parts = urlsplit(endpoint)
    secure = parts.scheme == "https"
    base = Base(secure, parts.hostname or "", parts.port or (443 if secure else 80), "")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Content-Type": "application/json", "User-Agent": f"heat-pump-monitor/{__version__}"}
    # what the receiver says besides its status is nothing to us, however long
    return web.ask(base, "POST", path, timeout_s, headers, body.encode(), only_status=True).status


def shown(endpoint: str) -> str:
    """As it may stand in the log: what follows a question mark may be a key."""
    return endpoint.partition("?")[0]
