"""What somebody sends about a heat pump, checked field by field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.messages import Invalid
from drivers.catalogue import Catalogue
from drivers.model import Model

LONGEST_NAME = 80
_HOST = re.compile(
    r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?"
)
_IPV6 = re.compile(r"[0-9A-Fa-f:]+(%\w+)?")


@dataclass(frozen=True, slots=True)
class Content:
    """A heat pump as it may be stored; every field is valid by itself."""

    name: str
    model: Model
    connection: dict[str, Any]
    settings: dict[str, Any]
    enabled: bool


def checked(catalogue: Catalogue, sent: Mapping[str, Any]) -> Content:
    """The content in full, missing fields filled from the model's defaults. Raises Invalid, naming the field.

    Keys: name, manufacturer, model, connection_config {host, port, unit_id, timeout}, device_config
    {circuits: […], …, interval}, enabled.
    """
    _only(sent, "", {"name", "manufacturer", "model", "connection_config", "device_config", "enabled"})
    model = _model(catalogue, sent)
    enabled = sent.get("enabled", True)
    if not isinstance(enabled, bool):
        raise Invalid("enabled", "%(value)r is neither true nor false", value=enabled)
    return Content(
        name=_name(sent.get("name"), model),
        model=model,
        connection=_connection(_object(sent, "connection_config"), model),
        settings=_settings(_object(sent, "device_config"), model),
        enabled=enabled,
    )


def _model(catalogue: Catalogue, sent: Mapping[str, Any]) -> Model:
    manufacturer, name = sent.get("manufacturer"), sent.get("model")
    known = [each.name for each in catalogue]
    for field, value in (("manufacturer", manufacturer), ("model", name)):
        if not isinstance(value, str) or not value:
            raise Invalid(field, "is missing; known are %(known)s", known=", ".join(known))
    if f"{manufacturer}/{name}" not in known:
        field = "model" if any(each.startswith(f"{manufacturer}/") for each in known) else "manufacturer"
        raise Invalid(
            field,
            "%(value)s is not in the catalogue; known are %(known)s",
            value=f"{manufacturer}/{name}",
            known=", ".join(known),
        )
    found = catalogue.find(str(manufacturer), str(name))
    assert found is not None
    return found


def _name(value: Any, model: Model) -> str:
    if value is None:
        return model.title
    if not isinstance(value, str) or not value.strip():
        raise Invalid("name", "a heat pump needs a name")
    if len(value.strip()) > LONGEST_NAME:
        raise Invalid("name", "is longer than %(most)d characters", most=LONGEST_NAME)
    if any(unicodedata.category(letter) == "Cc" for letter in value.strip()):
        raise Invalid("name", "must stand on one line, without control characters")
    return value.strip()


def _connection(sent: Mapping[str, Any], model: Model) -> dict[str, Any]:
    _only(sent, "connection_config.", {"host", "port", "unit_id", "timeout"})
    usual = model.connection
    return {
        "host": _host(sent.get("host")),
        "port": _number("connection_config.port", sent.get("port", usual.port), 1, 65535, whole=True),
        "unit_id": _number("connection_config.unit_id", sent.get("unit_id", usual.unit_id), 0, 255, whole=True),
        "timeout": _number("connection_config.timeout", sent.get("timeout", usual.timeout), 0.1, 60),
    }


def _host(value: Any) -> str:
    field = "connection_config.host"
    if not isinstance(value, str) or not value.strip():
        raise Invalid(field, "the address of the heat pump is missing, such as 192.168.1.100")
    host = value.strip()
    if _HOST.fullmatch(host) or (host.count(":") > 1 and _IPV6.fullmatch(host)):
        return host
    if host.count(":") == 1 and host.split(":")[1].isdigit():
        raise Invalid(field, "%(value)s: give the port in its own field", value=host)
    raise Invalid(field, "%(value)s is neither an IP address nor a host name", value=host)


def _settings(sent: Mapping[str, Any], model: Model) -> dict[str, Any]:
    _only(sent, "device_config.", {"interval", *model.options})
    settings: dict[str, Any] = {}
    if sent.get("interval") is not None:
        settings["interval"] = _number("device_config.interval", sent["interval"], 1, 86400)
    for name, option in model.options.items():
        parts = sent.get(name, option.default)
        field = f"device_config.{name}"
        if not isinstance(parts, list | tuple):
            raise Invalid(field, "must be a list, such as %(example)s", example=list(option.choices[:2]))
        chosen = [str(part) for part in parts]
        for part in chosen:
            if part not in option.choices:
                raise Invalid(
                    field, "%(value)s is not one of %(choices)s", value=part, choices=", ".join(option.choices)
                )
        settings[name] = [choice for choice in option.choices if choice in chosen]
    return settings


def _number(field: str, value: Any, least: float, most: float, whole: bool = False) -> float | int:
    kind = int if whole else int | float
    if isinstance(value, bool) or not isinstance(value, kind) or not least <= value <= most:
        raise Invalid(
            field, "%(value)s is not a number from %(least)g to %(most)g", value=value, least=least, most=most
        )
    return int(value) if value == int(value) else value


def _object(sent: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    value = sent.get(field, {})
    if not isinstance(value, Mapping):
        raise Invalid(field, "must be an object with named values")
    return value


def _only(sent: Mapping[str, Any], prefix: str, known: set[str]) -> None:
    for key in sent:
        if key not in known:
            raise Invalid(
                f"{prefix}{key}", "there is no such field; known are %(known)s", known=", ".join(sorted(known))
            )
