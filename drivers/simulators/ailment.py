"""What can be wrong with a simulated heat pump for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Ailment:
    """From `since` until `until` (unix seconds); at its end somebody has mended it, and has reset the machine.

    short runs: its control starts and stops it far too soon. failed defrost: the reversing valve is stuck, so that
    frost stays on the evaporator, until the control locks the machine.
    """

    kind: Literal["short runs", "failed defrost"]
    since: float
    until: float
