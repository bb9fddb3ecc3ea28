"""A measured figure and what it must reach."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """`limit` is the largest value that is good enough; None where there is no promise."""

    what: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def reached(self) -> bool | None:
        return None if self.limit is None else self.value <= self.limit

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"reached": self.reached}

    def __str__(self) -> str:
        verdict = {None: "", True: "✓", False: "✗"}[self.reached]
        promise = "" if self.limit is None else f"≤ {self.limit:g}"
        return f"{self.what:<58} {self.value:>10.3g} {self.unit:<6} {promise:<8} {verdict}"


def percentile(values: list[float], share: float) -> float:
    """The value below which this share (0..1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]
