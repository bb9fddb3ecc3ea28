"""Why a score is what it is: the quantities that contribute most, with value, expected value, and since when."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from app.analysis.detector.quantities import BY_NAME
from app.analysis.detector.scoring import Judged

TOLD = 3
UNUSUAL = 0.5
"""A quantity counts as unusual from this share of its own limit on."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """`value` and `expected` in `unit` (None for a plain sign); `since` is unix seconds, when it became unusual."""

    name: str
    title: str
    value: float | None
    expected: float | None
    unit: str
    since: int


def contributions(judged: Judged, hour: int) -> list[Contribution]:
    """The strongest first, at most three; signs that need no model come before those that were learned."""
    told = [_sign(judged, hour, name) for name in judged.signs[hour]]
    for place in _order(judged, hour):
        told.append(_learned(judged, hour, place))
    return told[:TOLD]


def titles(judged: Judged) -> list[str]:
    """Per hour the names of its contributors, joined with semicolons."""
    named = [BY_NAME[name].title for name in judged.names]
    order = np.argsort(-judged.share, axis=1, kind="stable")[:, :TOLD] if named else np.zeros((len(judged.at), 0), int)
    return [
        ";".join([*signs, *(named[place] for place in places)][:TOLD])
        for signs, places in zip(judged.signs, order.tolist(), strict=True)
    ]


def _order(judged: Judged, hour: int) -> list[int]:
    if not judged.names:
        return []
    order: list[int] = np.argsort(-judged.share[hour], kind="stable")[:TOLD].tolist()
    return order


def _sign(judged: Judged, hour: int, name: str) -> Contribution:
    since = hour
    while since > 0 and name in judged.signs[since - 1]:
        since -= 1
    return Contribution(name, name, None, None, "", int(judged.at[since]))


def _learned(judged: Judged, hour: int, place: int) -> Contribution:
    name = judged.names[place]
    quantity = BY_NAME[name]
    unusual = judged.share[: hour + 1, place] >= UNUSUAL
    usual = np.flatnonzero(~unusual)
    since = 0 if not len(usual) else min(hour, int(usual[-1]) + 1)
    newest = np.flatnonzero(np.isfinite(judged.values[: hour + 1, place]))
    value = expected = None
    if len(newest):
        value = float(judged.values[newest[-1], place])
        expected = float(judged.expected[newest[-1], place])
        if quantity.logarithm:
            value, expected = math.exp(value), math.exp(expected)
    return Contribution(name, quantity.title, value, expected, quantity.unit, int(judged.at[since]))
