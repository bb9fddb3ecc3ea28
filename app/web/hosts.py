"""Under which names the pages answer: another name that leads here is a trap (DNS rebinding), and gets nothing.

A foreign page can make its own name point to this box and then read what the box answers to that name. It cannot make
an address, or a name of the local network, its own.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.config import Config
from app.web.access import asks_for_json

LOCAL_ENDINGS = (
    "home",
    "home.arpa",
    "fritz.box",
    "internal",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "speedport.ip",
)
"""What routers append to the names of their network; the box answers under its own name with each of them."""


def add_to(app: Flask, config: Config) -> None:
    if config.behind_https and not config.allowed_hosts:
        return  # the proxy answers under its own names only, with a certificate for them
    allowed = names(config, socket.gethostname())

    @app.before_request
    def check() -> ResponseReturnValue | None:
        host = named(request.host)
        if host is not None and (_is_address(host) or host in allowed):
            return None
        said = gettext(
            "This monitor does not answer under this name. Use its address, or add the name to allowed_hosts in"
            " config.yaml."
        )
        if asks_for_json():
            return jsonify(error=said), 421
        return Response(f"{said}\n", 421, content_type="text/plain; charset=utf-8")


def names(config: Config, own: str) -> frozenset[str]:
    """All names that are ours; `own` is what the computer calls itself."""
    short = own.lower().partition(".")[0]
    found = {"localhost", own.lower(), short, *(f"{short}.{ending}" for ending in LOCAL_ENDINGS)}
    site = urlsplit(config.site).hostname if config.site else None
    return frozenset(found | ({site} if site else set()) | set(config.allowed_hosts.lower().replace(",", " ").split()))


def named(host: str) -> str | None:
    """The name in a Host header, without its port; None for what is none."""
    try:
        parts = urlsplit(f"//{host}")
        found, _ = parts.hostname, parts.port
    except ValueError:
        return None
    return found.rstrip(".") if found else None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
