"""What can go wrong between us and a heat pump, told apart by what the caller can do about it."""

from __future__ import annotations


class DriverError(Exception):
    """A sentence (English, also the key of its translation) and the facts that fill it in."""

    def __init__(self, template: str, **facts: object) -> None:
        super().__init__(template, facts)
        self.template = template
        self.facts = facts

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
