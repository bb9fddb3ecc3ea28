"""Where a heat pump answers: the settings that its protocol needs, checked one by one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from app.messages import Invalid
from app.services.checks import number, only
from drivers import web
from drivers.base import simulated_place
from drivers.model import Model
from drivers.viessmann import is_id

_HOST = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?"
)
_IPV6 = re.compile(r"[0-9A-Fa-f:]+(%\w+)?")
FRAMINGS = ("tcp", "rtu")
LONGEST_CLIENT_ID = 200
_CIRCUIT = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,29}[A-Za-z0-9_])?")


def checked(sent: Mapping[str, Any], model: Model) -> dict[str, Any]:
    """The settings that this model's protocol needs, missing ones as usual. Raises Invalid, naming the field."""
    usual = model.connection
    if usual.is_cloud and "host" in sent:
        sent = _simulated(sent)
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


def _simulated(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A simulated cloud may be given by host and port, as any simulated machine; a real one never is."""
    only(sent, "connection_config.", ("host", "port", "timeout"))
    host = _host("connection_config.host", sent["host"])
    port = number("connection_config.port", sent.get("port"), 1, 65535, whole=True)
    rest = {name: value for name, value in sent.items() if name == "timeout"}
    return simulated_place(host, round(port)) | rest


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


def _base_address(field: str, value: Any) -> str:
    if not isinstance(value, str) or web.base_of(value.strip()) is None:
        raise Invalid(field, "%(value)s is neither an https address nor on this machine", value=value)
    return value.strip().rstrip("/")


def _client_id(field: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise Invalid(field, "the client id is missing; the maker's developer portal gives you one")
    client_id = value.strip()
    if len(client_id) > LONGEST_CLIENT_ID or not all("!" <= letter <= "~" for letter in client_id):
        raise Invalid(field, "is not a client id: it has letters, digits and signs, and no spaces")
    return client_id


def _cloud_id(field: str, value: Any) -> str:
    if value is None or value == "":
        raise Invalid(field, "is missing; sign in and choose the heat pump")
    if not isinstance(value, str | int) or isinstance(value, bool) or not is_id(str(value)):
        raise Invalid(field, "%(value)s is not an id of the maker's cloud", value=value)
    return str(value)


CHECKS: Mapping[str, Callable[[str, Any], Any]] = {
    "host": _host,
    "port": lambda field, value: number(field, value, 1, 65535, whole=True),
    "unit_id": lambda field, value: number(field, value, 0, 255, whole=True),
    "circuit": _circuit,
    "framing": _framing,
    "api": _base_address,
    "login": _base_address,
    "client_id": _client_id,
    "installation": _cloud_id,
    "gateway": _cloud_id,
    "machine": _cloud_id,
    "timeout": lambda field, value: number(field, value, 0.1, 60),
}
"""A setting that a catalogue file may name under `connection`, and what it must be."""
