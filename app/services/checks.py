"""Checks that several kinds of content share; each complaint names its field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from app.messages import Invalid


def number(field: str, value: Any, least: float, most: float, whole: bool = False) -> float | int:
    kind = int if whole else int | float
    if isinstance(value, bool) or not isinstance(value, kind) or not least <= value <= most:
        raise Invalid(
            field, "%(value)s is not a number from %(least)g to %(most)g", value=value, least=least, most=most
        )
    return int(value) if value == int(value) else value


def text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid(field, "must be a text")
    return value


def texts(field: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Invalid(field, "must be a list of texts")
    return value


def only(sent: Mapping[str, Any], prefix: str, known: Collection[str]) -> None:
    for key in sent:
        if key not in known:
            raise Invalid(
                f"{prefix}{key}", "there is no such field; known are %(known)s", known=", ".join(sorted(known))
            )
