"""One sensor over a range, bucket by bucket."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Course:
    """One sensor, one entry per bucket, None where nothing was read; `text` is the last one of a text sensor.

    `first` and `last`, empty unless asked for, are what a counter's difference is made of; `first` is kept only for
    what counts once its samples lie in hourly roll-ups.
    """

    sensor: str
    low: list[float | int | None]
    mean: list[float | None]
    high: list[float | int | None]
    text: list[str | None]
    first: list[float | int | None] = field(default_factory=list)
    last: list[float | int | None] = field(default_factory=list)
