"""What was found out about who answers at an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.model import Framing, Model

Says = Literal["model", "other", "unknown", "silent", "foreign", "closed", "nobody"]
"""model: one of the catalogue · other: a machine that we know by name, and have no model of · unknown: it speaks the
protocol, and no model fits · silent: it takes the connection and says nothing · foreign: what it says is not
understood · closed: it refuses the connection, or hangs up · nobody: no connection came about."""

UNDERSTOOD: frozenset[Says] = frozenset({"model", "other", "unknown"})


@dataclass(frozen=True, slots=True)
class Found:
    """Who answers at host:port, and behind which unit id where there are such.

    `alike` are further models that fit just as well; `machine` is what the machine calls itself, or how it is called
    that we have no model of.
    """

    host: str
    port: int
    says: Says
    protocol: str = ""
    model: Model | None = None
    alike: tuple[Model, ...] = ()
    unit_id: int | None = None
    machine: str = ""
    framing: Framing | None = None
    """How its Modbus goes over TCP, where a model leaves the choice."""

    @property
    def understood(self) -> bool:
        """It speaks one of our protocols."""
        return self.says in UNDERSTOOD
