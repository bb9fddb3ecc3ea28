"""What can go wrong between us and a heat pump, told apart by what the caller can do about it."""

from __future__ import annotations

from typing import Literal

Cause = Literal["name", "refused", "nobody", "silent", "closed", "busy", "token"]
"""Why somebody is not reached, where that is known: the fact `cause` of an error.

name: no address belongs to it · refused: nothing listens at this port · nobody: no connection in time, or no way
there · silent: connected, but no answer · closed: connected, and hung up on · busy: others hold the line · token: the
maker's cloud does not accept our sign-in
"""


class DriverError(Exception):
    """A sentence (English, also the key of its translation) and the facts that fill it in."""

    def __init__(self, template: str, **facts: object) -> None:
        super().__init__(template, facts)
        self.template = template
        self.facts = facts

    @property
    def cause(self) -> Cause | None:
        cause: Cause | None = self.facts.get("cause")  # type: ignore[assignment]
        return cause

    def __str__(self) -> str:
        return self.template % self.facts


class Unreachable(DriverError):
    """Nobody answers; try again later."""


class BadAnswer(DriverError):
    """Somebody answers, but not what was asked; trying again at once will not help."""


class NotOffered(BadAnswer):
    """The machine does not have it: another model of the family, another firmware, an accessory that is not there."""


class Refused(DriverError):
    """The machine understood and said no."""


class OutOfRange(DriverError):
    """We said no: the value never went on the wire."""


class BadCatalogue(Exception):
    """A catalogue file breaks a rule; the message names file, sensor and rule."""
