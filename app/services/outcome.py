"""What became of a wish to write a value, in one word and one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from app.messages import Message, Sentence
from app.reading import Value

Kind = Literal["confirmed", "unconfirmed", "skipped", "denied", "failed", "planned"]
"""`confirmed`: read back. `skipped`: it held this value already. `denied`: nothing went on the wire. `failed`: the
value is not there. `unconfirmed`: nobody knows. `planned`: what would be written, had this not been a dry run."""


class Reason(StrEnum):
    """Why a write is denied."""

    UNKNOWN = "unknown"
    READ_ONLY = "read_only"
    VALUE = "value"
    ONE_SOURCE = "one_source"
    STOPPED = "stopped"
    DISABLED = "disabled"
    UNREADABLE = "unreadable"
    BUDGET = "budget"
    MACHINE = "machine"
    NO_UNDO = "no_undo"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`entry_id` is its number in the audit; a dry run has none. `reason` is there when it is denied."""

    kind: Kind
    said: Message
    heatpump_id: str
    sensor: str
    old: Value
    requested: Value
    read_back: Value = None
    reason: Reason | None = None
    entry_id: int | None = None

    @property
    def done(self) -> bool:
        """The machine is known to hold the value."""
        return self.kind in ("confirmed", "skipped")


class Denied(Exception):
    """We say no, before the wire; `entry_id` when the audit has it already."""

    def __init__(self, reason: Reason, said: Sentence, entry_id: int | None = None) -> None:
        super().__init__(said.template % said.facts)
        self.reason = reason
        self.entry_id = entry_id
        self.said = Message(said.template, said.facts)
