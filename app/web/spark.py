"""A day of one temperature as a line of a few pixels: the range of every half hour, and its mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.polling.trend import Course, Step

WIDTH, HEIGHT, EDGE = 144.0, 32.0, 2.0
LEAST_SPAN = 4.0
"""So many kelvin fill the height at least: a flow that stands still must not look like a mountain range."""


@dataclass(frozen=True, slots=True)
class Spark:
    """Paths of the drawing in its own units, and the lowest and highest value of the day."""

    line: str
    band: str
    low: float
    high: float


def drawn(course: Course) -> Spark:
    """A course has at least one step that is known; unknown ones stay gaps."""
    known = [step for step in course.steps if step is not None]
    low, high = min(step.low for step in known), max(step.high for step in known)
    span = max(high - low, LEAST_SPAN)
    base = (low + high - span) / 2
    apart = WIDTH / len(course.steps)

    def x(place: float) -> str:
        return f"{place * apart:g}"

    def y(value: float) -> str:
        return f"{HEIGHT - EDGE - (value - base) / span * (HEIGHT - 2 * EDGE):.1f}"

    line, band = [], []
    for first, steps in _stretches(course.steps):
        middles = [x(first + place + 0.5) for place in range(len(steps))]
        means = [y(step.mean) for step in steps]
        if len(steps) == 1:
            line.append(f"M{x(first)} {means[0]}H{x(first + 1)}")
        else:
            line.append("M" + "L".join(f"{at} {mean}" for at, mean in zip(middles, means, strict=True)))
            upper = [f"{at} {y(step.high)}" for at, step in zip(middles, steps, strict=True)]
            lower = [f"{at} {y(step.low)}" for at, step in zip(middles, steps, strict=True)]
            band.append("M" + "L".join([*upper, *reversed(lower)]) + "Z")
    return Spark("".join(line), "".join(band), low, high)


def _stretches(steps: Sequence[Step | None]) -> Iterator[tuple[int, list[Step]]]:
    """(place of the first, steps) of each stretch without a gap."""
    stretch: list[Step] = []
    for place, step in enumerate([*steps, None]):
        if step is not None:
            stretch.append(step)
        elif stretch:
            yield place - len(stretch), stretch
            stretch = []
