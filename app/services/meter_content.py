"""What somebody sends about a meter of their own, checked field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from app.messages import Invalid
from app.services.checks import number, only
from drivers.errors import BadAnswer
from drivers.meters import prometheus
from drivers.meters.source import KINDS, TYPES, UNITS, Meter, Place, Quantity

LONGEST = 500
LONGEST_SECRET = 200
HIGHEST_REGISTER = 65_535
USUAL_PORT = 502
FIELDS = (
    *("kind", "side", "address", "user", "secret", "channel", "interval", "power", "energy"),
    *("unit_id", "table", "type", "word_order", "scale"),
)
_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:]{2,45}\]")
_CHANNEL = re.compile(r"[a-z0-9]{1,20}([:/][0-9]{1,3})?", re.ASCII)


def checked(sent: Mapping[str, Any]) -> Meter:
    """The meter without its secret. Raises Invalid, naming the field."""
    only(sent, "", FIELDS)
    kind = _one_of(sent, "kind", KINDS)
    modbus = kind == "modbus"
    return Meter(
        kind=kind,
        side="electric" if kind == "shelly" else _one_of(sent, "side", ("electric", "heat")),
        address=_host_and_port(sent) if modbus else _web_address(sent),
        places={} if kind == "shelly" else _places(sent, kind),
        user="" if modbus else _user(sent),
        channel=_channel(sent) if kind == "shelly" else "",
        unit_id=int(number("unit_id", sent.get("unit_id", 1), 0, 255, whole=True)) if modbus else 1,
        table=_one_of(sent, "table", ("holding", "input"), "holding") if modbus else "holding",
        type=_one_of(sent, "type", TYPES, "uint32") if modbus else "uint32",
        word_order=_one_of(sent, "word_order", ("big", "little"), "big") if modbus else "big",
        scale=float(number("scale", sent.get("scale", 1), 1e-6, 1e6)) if modbus else 1.0,
        interval_s=None if sent.get("interval") is None else float(number("interval", sent["interval"], 5, 3600)),
    )


def secret_of(sent: Mapping[str, Any], meter: Meter) -> str | None:
    """A password or token that was sent; None when nothing was said about it. Raises Invalid."""
    secret = sent.get("secret")
    if secret is None or meter.kind == "modbus":
        return None if secret is None else ""
    if not isinstance(secret, str) or len(secret) > LONGEST_SECRET or not secret.isprintable():
        raise Invalid("secret", "must be at most %(most)d signs on one line", most=LONGEST_SECRET)
    if not meter.user and not (secret.isascii() and " " not in secret):
        raise Invalid("secret", "a token has only letters, digits and signs; a password needs a user")
    return secret


def place_of_work(meter: Meter) -> str:
    """Which machine is asked: a secret for one is not sent to another."""
    if meter.kind == "modbus":
        return meter.address
    parts = urlsplit(meter.address)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _one_of(sent: Mapping[str, Any], field: str, choices: tuple[Any, ...], usual: Any = None) -> Any:
    value = sent.get(field, usual)
    if value not in choices:
        raise Invalid(field, "%(value)s is not one of %(choices)s", value=value, choices=", ".join(choices))
    return value


def _text(sent: Mapping[str, Any], field: str) -> str:
    value = sent.get(field, "")
    if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
        raise Invalid(field, "must be a text of at most %(most)d signs", most=LONGEST)
    return value.strip()


def _web_address(sent: Mapping[str, Any]) -> str:
    address = _text(sent, "address")
    parts = _split(address)
    if parts is None or not address.isascii() or " " in address:
        raise Invalid("address", "must be a web address such as http://192.168.1.50/status")
    if "@" in parts.netloc:
        raise Invalid("address", "give the user and the password in their own fields")
    return address


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and not parts.fragment
    except ValueError:
        return None
    return parts if whole else None


def _host_and_port(sent: Mapping[str, Any]) -> str:
    address = _text(sent, "address")
    host, colon, port = address.rpartition(":")
    if not colon or address.endswith("]"):
        host, port = address, str(USUAL_PORT)
    if not (_HOST.fullmatch(host) and port.isascii() and port.isdigit() and 0 < int(port[:6]) <= 65535):
        raise Invalid("address", "must be an address such as 192.168.1.50:502")
    return f"{host}:{int(port)}"


def _user(sent: Mapping[str, Any]) -> str:
    user = _text(sent, "user")
    if ":" in user or not user.isascii():
        raise Invalid("user", "a user has only letters, digits and signs, and no colon")
    return user


def _channel(sent: Mapping[str, Any]) -> str:
    channel = _text(sent, "channel")
    if channel and not _CHANNEL.fullmatch(channel):
        raise Invalid("channel", "%(value)s is no channel such as em1:0", value=channel)
    return channel


def _places(sent: Mapping[str, Any], kind: str) -> dict[Quantity, Place]:
    quantities: tuple[Quantity, ...] = ("power", "energy")
    found = {name: _place(sent[name], name, kind) for name in quantities if sent.get(name) is not None}
    if not found:
        raise Invalid("power", "say where the power or the energy lies, or both")
    return found


def _place(sent: Any, quantity: Quantity, kind: str) -> Place:
    if not isinstance(sent, Mapping):
        raise Invalid(quantity, "must be an object with named values")
    only(sent, f"{quantity}.", ("at", "unit"))
    at = _text({quantity: str(sent.get("at", "")) if kind == "modbus" else sent.get("at", "")}, quantity)
    unit = sent.get("unit")
    if unit not in UNITS[quantity]:
        raise Invalid(
            quantity, "%(value)s is not one of %(choices)s", value=unit or "–", choices=", ".join(UNITS[quantity])
        )
    if kind == "modbus" and not (at.isascii() and at.isdigit() and int(at[:6]) <= HIGHEST_REGISTER):
        raise Invalid(quantity, "%(value)s is no register from 0 to %(most)d", value=at or "–", most=HIGHEST_REGISTER)
    if kind in ("prometheus", "promql") and not at:
        raise Invalid(quantity, "say which value it is")
    if kind == "prometheus":
        try:
            prometheus.parts_of(at)
        except BadAnswer as error:
            raise Invalid(quantity, error.template, **error.facts) from None
    return Place(at, str(unit))
