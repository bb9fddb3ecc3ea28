"""Where the points of several heat pumps lie on common axes, in units of the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.web.drawing import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Dot, Tick, scale, ticks

Point = tuple[float, float, str]
"""x, y, and the words for both."""


@dataclass(frozen=True, slots=True)
class Many:
    """One list of points per heat pump, in their order, the corners of a line for each, and both axes."""

    lists: tuple[tuple[Dot, ...], ...]
    lines: tuple[tuple[tuple[float, float], ...], ...]
    bottom: tuple[Tick, ...]
    left: tuple[Tick, ...]


def many(
    lists: Sequence[Sequence[Point]],
    lines: Sequence[Sequence[tuple[float, float]]] = (),
    *,
    from_zero: bool = False,
    across: Sequence[float] = (),
) -> Many | None:
    """None when there is nothing to draw. `across` are the numbers below; without them round ones that hold all."""
    points = [point for each in lists for point in each]
    if not points:
        return None
    corners = [corner for each in lines for corner in each]
    xs = [point[0] for point in points] + [one for one, _ in corners]
    ys = [point[1] for point in points] + [other for _, other in corners]
    bottom = across or ticks(min(xs), max(xs))
    left = ticks(min([0.0, *ys]) if from_zero else min(ys), max(ys))
    x, y = scale(bottom, LEFT, WIDTH - RIGHT), scale(left, HEIGHT - BOTTOM, TOP)
    return Many(
        tuple(tuple(Dot(x(one), y(other), words) for one, other, words in each) for each in lists),
        tuple(tuple((x(one), y(other)) for one, other in each) for each in lines),
        tuple(Tick(x(value), value) for value in bottom),
        tuple(Tick(y(value), value) for value in left),
    )
