"""What ebusd's words mean: errors told apart, and which circuits of a house play which part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, auto

ERROR = "ERR: "

NO_SIGNAL = "no signal"
NOT_THERE = frozenset({"element not found"})
NOT_ALLOWED = frozenset({"not authorized", "invalid user name or secret"})
NO_COMMAND = frozenset({"command not found", "command not enabled"})
NOTHING = frozenset({"no data stored"})
ON_THE_BUS = frozenset(
    {
        "ACK error",
        "CRC error",
        "NAK received",
        "SYN received",
        "arbitration lost",
        "arbitration running",
        "generic I/O error",
        "generic device error",
        "invalid escape sequence",
        "read timeout",
        "send error",
        "wrong symbol received",
    }
)
"""The machine was asked over the bus, and its answer did not come through (ebusd, result.cpp)."""

_FOUND = re.compile(r"(\S+) (\S+) = (.*)")


class Kind(Enum):
    """What an answer to a read is."""

    VALUE = auto()
    NOTHING = auto()
    NOT_THERE = auto()
    NOT_ALLOWED = auto()
    NO_COMMAND = auto()
    NO_SIGNAL = auto()
    ON_THE_BUS = auto()
    UNUSABLE = auto()


def kind_of(line: str) -> Kind:
    """An error that is not known by its words still is an error."""
    if not line.startswith(ERROR.strip()):
        return Kind.NOTHING if line.strip() in ("", "empty", *NOTHING) else Kind.VALUE
    words = reason(line)
    for kind, texts in (
        (Kind.NO_SIGNAL, {NO_SIGNAL}),
        (Kind.NOT_THERE, NOT_THERE),
        (Kind.NOT_ALLOWED, NOT_ALLOWED),
        (Kind.NO_COMMAND, NO_COMMAND),
        (Kind.NOTHING, NOTHING),
        (Kind.ON_THE_BUS, ON_THE_BUS),
    ):
        if words in texts:
            return kind
    return Kind.UNUSABLE


def reason(line: str) -> str:
    """The words of an error."""
    return line.removeprefix(ERROR.strip()).strip()[:200]


def circuits(lines: Iterable[str]) -> dict[str, tuple[str, frozenset[str]]]:
    """From a list of messages: circuit in small letters → how it is written, and the names of its messages.

    The names are in small letters; lines that are none of a list are passed over.
    """
    written: dict[str, str] = {}
    names: dict[str, set[str]] = {}
    for line in lines:
        found = _FOUND.fullmatch(line.strip())
        if found:
            written.setdefault(found[1].lower(), found[1])
            names.setdefault(found[1].lower(), set()).add(found[2].lower())
    return {circuit: (written[circuit], frozenset(names[circuit])) for circuit in written}


def controller(
    found: Mapping[str, tuple[str, frozenset[str]]], wanted: frozenset[str], besides: Sequence[str]
) -> str | None:
    """The circuit that knows most of the messages of a controller, as it is written; None where none knows any.

    What an owner defines by hand may make a second one with a few messages.
    """
    others = {circuit: names for circuit, (_, names) in found.items() if circuit not in besides}
    best = max(others, key=lambda circuit: (len(others[circuit] & wanted), circuit), default=None)
    return found[best][0] if best is not None and others[best] & wanted else None
