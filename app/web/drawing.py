"""Where the parts of a drawing lie: bars per period with their COP, points with a line. In units of the drawing."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720.0, 260.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 40.0, 12.0, 28.0
MOST_LABELS = 16
BAR_SHARE = 0.72
"""How much of a period's width its bars take."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis and what stands there."""

    place: float
    value: float


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    kind: str
    title: str
    address: str | None


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars with an axis on the left, dots with one on the right."""

    bars: tuple[Bar, ...]
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]
    left: tuple[Tick, ...]
    right: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One period of a bar drawing: kWh by kind (None is nothing known), the dot's value, and its words."""

    label: str
    amounts: tuple[tuple[str, float | None, str], ...]
    dot: tuple[float, str] | None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Scatter:
    """Points, the ends of a line through them, and both axes."""

    points: tuple[Dot, ...]
    line: tuple[tuple[float, float], ...]
    bottom: tuple[Tick, ...]
    left: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """A course in unbroken lines, a limit across it, bands behind it, and both axes."""

    lines: tuple[tuple[tuple[float, float], ...], ...]
    limit: float
    bands: tuple[Bar, ...]
    labels: tuple[Label, ...]
    left: tuple[Tick, ...]


def bars(columns: Sequence[Column]) -> Bars:
    """Each column's amounts side by side; None when there is nothing to draw is left to the caller."""
    amounts = [amount for column in columns for _, amount, _ in column.amounts if amount is not None]
    dots = [column.dot[0] for column in columns if column.dot is not None]
    left = ticks(min([0.0, *amounts]), max([0.0, *amounts]))
    right = ticks(0.0, max([0.0, *dots]))
    y, y_right = scale(left, HEIGHT - BOTTOM, TOP), scale(right, HEIGHT - BOTTOM, TOP)
    step = (WIDTH - LEFT - RIGHT) / max(1, len(columns))
    drawn: list[Bar] = []
    for number, column in enumerate(columns):
        width = step * BAR_SHARE / max(1, len(column.amounts))
        first = LEFT + number * step + step * (1 - BAR_SHARE) / 2
        for place, (kind, amount, title) in enumerate(column.amounts):
            if amount is not None:
                top, base = sorted((y(amount), y(0.0)))
                drawn.append(Bar(first + place * width, top, width, base - top, kind, title, column.address))
    middles = [LEFT + (number + 0.5) * step for number in range(len(columns))]
    every = -(-len(columns) // MOST_LABELS) if columns else 1
    return Bars(
        tuple(drawn),
        tuple(
            Dot(middle, y_right(column.dot[0]), column.dot[1])
            for middle, column in zip(middles, columns, strict=True)
            if column.dot is not None
        ),
        tuple(Label(middles[at], columns[at].label) for at in range(0, len(columns), every)),
        tuple(Tick(y(value), value) for value in left),
        tuple(Tick(y_right(value), value) for value in right) if dots else (),
    )


def scatter(
    points: Sequence[tuple[float, float, str]], line: Sequence[tuple[float, float]] = (), *, from_zero: bool = False
) -> Scatter:
    """Points (x, y, words) and a line given by its corners, on axes that hold them all."""
    places = [*((one, other) for one, other, _ in points), *line]
    xs, ys = [one for one, _ in places], [other for _, other in places]
    bottom = ticks(min(xs), max(xs))
    left = ticks(min([0.0, *ys]) if from_zero else min(ys), max(ys))
    x, y = scale(bottom, LEFT, WIDTH - RIGHT), scale(left, HEIGHT - BOTTOM, TOP)
    return Scatter(
        tuple(Dot(x(one), y(other), title) for one, other, title in points),
        tuple((x(one), y(other)) for one, other in line),
        tuple(Tick(x(value), value) for value in bottom),
        tuple(Tick(y(value), value) for value in left),
    )


def timeline(
    points: Sequence[tuple[float, float]],
    span: tuple[float, float],
    limit: float,
    gap: float,
    bands: Sequence[tuple[float, float, str, str]] = (),
    labels: Sequence[tuple[float, str]] = (),
) -> Timeline:
    """Points (time, value) over start <= time < end, not joined over more than `gap`; bands (from, to, kind, words)."""
    left = ticks(0.0, max([1.25 * limit, *(value for _, value in points)]))
    x, y = scale(span, LEFT, WIDTH - RIGHT), scale(left, HEIGHT - BOTTOM, TOP)
    lines: list[list[tuple[float, float]]] = []
    before = -math.inf
    for at, value in points:
        if at - before > gap:
            lines.append([])
        lines[-1].append((x(at), y(value)))
        before = at
    drawn = []
    for begin, end, kind, words in bands:
        first, last = x(max(begin, span[0])), x(min(end, span[1]))
        drawn.append(Bar(first, TOP, max(2.0, last - first), HEIGHT - BOTTOM - TOP, kind, words, None))
    return Timeline(
        tuple(tuple(line) for line in lines),
        y(limit),
        tuple(drawn),
        tuple(Label(x(at), text) for at, text in labels),
        tuple(Tick(y(value), value) for value in left),
    )


def ticks(least: float, most: float, about: int = 5) -> tuple[float, ...]:
    """Round numbers from at or below the least to at or above the most."""
    if most - least < 1e-9:
        most = least + 1.0
    rough = (most - least) / about
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
    return tuple(round(number * step, 10) for number in range(first, last + 1))


def scale(axis: Sequence[float], low: float, high: float) -> Callable[[float], float]:
    span = axis[-1] - axis[0]
    return lambda value: round(low + (value - axis[0]) / span * (high - low), 2)
