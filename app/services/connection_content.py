"""Where a heat pump answers: the settings that its protocol needs, checked one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.messages import Invalid
from app.services.checks import number, only
from drivers.model import Model

_HOST = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?"
)
_IPV6 = re.compile(r"[0-9A-Fa-f:]+(%\w+)?")
FRAMINGS = ("tcp", "rtu")
_CIRCUIT = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,29}[A-Za-z0-9_])?")


def checked(sent: Mapping[str, Any], model: Model) -> dict[str, Any]:
    """The settings that this model's protocol needs, missing ones as usual. Raises Invalid, naming the field."""
    usual = model.connection
    only(sent, "connection_config.", usual.fields)
    complete = {**usual.settings, **sent}
    found = {name: CHECKS[name](f"connection_config.{name}", complete.get(name)) for name in usual.fields}
    if found["timeout"] < model.reads.answer_s:
        raise Invalid(
            "connection_config.timeout",
            "this heat pump may take %(seconds)s s to answer: wait at least as long",
            seconds=model.reads.answer_s,
        )
    return found


def _host(field: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Invalid(field, "the address of the heat pump is missing, such as 192.168.1.100")
    host = value.strip()
    if _HOST.fullmatch(host) or (host.count(":") > 1 and _IPV6.fullmatch(host)):
        return host
    if host.count(":") == 1 and host.split(":")[1].isdigit():
        raise Invalid(field, "%(value)s: give the port in its own field", value=host)
    raise Invalid(field, "%(value)s is neither an IP address nor a host name", value=host)


def _circuit(field: str, value: Any) -> str:
    if not isinstance(value, str) or not _CIRCUIT.fullmatch(value.strip()):
        raise Invalid(field, "%(value)s is not the name of a circuit, such as %(example)s", value=value, example="hmu")
    return value.strip().lower()


def _framing(field: str, value: Any) -> str:
    if value not in FRAMINGS:
        raise Invalid(field, "%(value)s is not one of %(choices)s", value=value, choices=", ".join(FRAMINGS))
    return str(value)


CHECKS: Mapping[str, Callable[[str, Any], Any]] = {
    "host": _host,
    "port": lambda field, value: number(field, value, 1, 65535, whole=True),
    "unit_id": lambda field, value: number(field, value, 0, 255, whole=True),
    "circuit": _circuit,
    "framing": _framing,
    "timeout": lambda field, value: number(field, value, 0.1, 60),
}
"""A setting that a catalogue file may name under `connection`, and what it must be."""
