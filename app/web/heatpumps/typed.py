"""What somebody typed for a setting, as a value; whether it may be written is for the service to say."""

from __future__ import annotations

import re

from app.messages import Invalid
from app.services import moments
from drivers.sensor import Sensor

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?[0-9]{0,15}[.,][0-9]{1,15}", re.ASCII)


def value(sensor: Sensor, text: str) -> int | float | str:
    """A number where it is one, with a comma or a point; else the text, such as a state's word."""
    plain = text.strip()
    if sensor.states:
        return plain
    if _WHOLE.fullmatch(plain):
        return int(plain)
    return float(plain.replace(",", ".")) if _DECIMAL.fullmatch(plain) else plain


def until(text: str, timezone: str) -> int | None:
    """When a held value ends, in UTC seconds; None for an empty field. Raises Invalid."""
    if not text.strip():
        return None
    if len(text) > 40:
        raise Invalid("until", "%(value)s is no time", value=text[:40])
    return moments.border("until", text.strip(), timezone)
