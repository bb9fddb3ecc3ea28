"""What an alert rule is made of, and where it stands: the words that all floors share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["threshold", "rate", "counter", "state", "no_data", "offline", "error", "anomaly"]
Severity = Literal["info", "warning", "critical"]

KINDS: tuple[Kind, ...] = get_args(Kind)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the mildest on."""

ANOMALY = "anomaly_score"
"""The series of the anomaly score; 1.0 is its alarm line."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition as the owner wrote it; which fields count depends on the kind.

    threshold: sensor, comparison above or below, value, hysteresis (how far it must come back), against (another
    sensor whose value is added), instead (the value where a heat pump has no such other sensor). anomaly: the same
    with the anomaly score. rate: sensor, comparison rises or falls, value, window_s. counter: sensor, value (more
    than so many), window_s. state: sensor, comparison is or is_not, words. no_data: sensor (None: any), window_s.
    """

    kind: Kind
    sensor: str | None = None
    comparison: str | None = None
    value: float | None = None
    hysteresis: float = 0.0
    against: str | None = None
    instead: float | None = None
    window_s: int | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """Where a rule stands. `held`: what each term said when it last said anything. `since`: from when on all have held,
    unknown time taken off; `seen`: when that was last seen; `open`: for long enough. UTC seconds."""

    held: tuple[bool, ...]
    since: int | None = None
    seen: int | None = None
    open: bool = False
