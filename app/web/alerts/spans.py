"""A length of time in a form: a number and its unit."""

from __future__ import annotations

from collections.abc import Mapping

from app.messages import Invalid

UNITS = {"min": 60, "h": 3600, "d": 86_400}


def seconds(fields: Mapping[str, str], name: str, error_field: str | None = None) -> float | None:
    """Of `name` and `name-unit`; None where nothing was typed. Raises Invalid."""
    text = fields.get(name, "").strip().replace(",", ".")
    if not text:
        return None
    return number(text, error_field or name) * UNITS.get(fields.get(f"{name}-unit", "min"), 60)


def number(text: str, error_field: str) -> float:
    """Raises Invalid, naming the field."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        raise Invalid(error_field, "%(value)s is not a number", value=text) from None


def typed(length_s: float | None) -> tuple[str, str]:
    """The number and the largest unit in which it is whole, as they stand in the fields."""
    if length_s is None:
        return "", "min"
    unit = next((unit for unit in ("d", "h") if length_s and length_s % UNITS[unit] == 0), "min")
    return f"{length_s / UNITS[unit]:g}", unit
