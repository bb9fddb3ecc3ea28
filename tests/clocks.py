"""Clocks that a test turns, and moments as people in Berlin say them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


def local(text: str) -> int:
    """UTC seconds of a moment in Berlin, such as 2024-03-30 00:03."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())
