"""One number in a JSON answer, by a JSON pointer (RFC 6901) or a path with dots."""

from __future__ import annotations

import math
import re
from typing import Any

import orjson

from drivers.errors import BadAnswer

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)


def parsed(body: bytes) -> Any:
    """Raises BadAnswer."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadAnswer("the answer is no JSON") from error


def steps(place: str) -> tuple[str, ...]:
    """/emeters/0/power and emeters[0].power lead to the same place; "" is the whole answer."""
    if place.startswith("/"):
        return tuple(step.replace("~1", "/").replace("~0", "~") for step in place[1:].split("/"))
    return tuple(step for step in re.split(r"[.\[\]]+", place) if step)


def found(content: Any, place: str) -> Any:
    """What lies there. Raises BadAnswer, naming the step that leads nowhere."""
    for step in steps(place):
        if isinstance(content, dict) and step in content:
            content = content[step]
        elif isinstance(content, list) and step.isascii() and step.isdigit() and int(step) < len(content):
            content = content[int(step)]
        else:
            raise BadAnswer("there is no %(step)s in the answer (%(place)s)", step=step, place=place)
    return content


def number(value: Any, place: str) -> float:
    """A number, also one that is written as a text. Raises BadAnswer."""
    if isinstance(value, str) and len(value) < 64 and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadAnswer("what lies at %(place)s is no number", place=place)
    return float(value)
