"""What a quantity should be now: trimmed ridge regression, and how sure it is of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.analysis.detector.recording import Floats, Mask, Times

INDEPENDENT_H = 12.0
"""Hours that follow each other repeat each other: so many count as one."""
LINEAR_RIDGE = 0.02
SQUARE_RIDGE = 0.3
TRIM = 3.0
ROUNDS = 3
BEYOND = 2.0
"""How much less sure (in σ) each standard deviation outside what was learned makes."""
NEW_RANGE = 1.0
"""So many standard deviations beyond what was learned, an outdoor temperature is a new operating range."""
KNOTS = 8
PRIOR_H = 12.0
FEW_H = 24.0
LEAST_VARIATION = 1e-6


@dataclass(frozen=True, slots=True)
class Expectation:
    """`beta` over the standardised contexts and their squares; `trust` is the covariance of beta in units of σ².

    `bend` and `doubt` (contexts × `KNOTS` from `low` to `high`) are what a straight line and its square miss there, and
    how much less sure (variance in σ²) it is there than on the whole.
    """

    contexts: tuple[str, ...]
    centre: Floats
    spread: Floats
    low: Floats
    high: Floats
    level: float
    beta: Floats
    trust: Floats
    bend: Floats
    doubt: Floats
    sigma: float

    def of(self, columns: Mapping[str, Floats]) -> tuple[Floats, Floats]:
        """The expected values, and how unsure they are, as a variance in units of σ² (0 = as sure as while learning).

        A context that is not delivered counts as usual, and makes less sure. NaN where the weather is new: much colder
        or warmer than whatever was learned.
        """
        size = len(next(iter(columns.values())))
        given = np.full((size, len(self.contexts)), np.nan)
        for place, name in enumerate(self.contexts):
            given[:, place] = columns[name]
        standard = (given - self.centre) / self.spread
        missing = ~np.isfinite(standard)
        standard[missing] = 0.0
        inside = np.clip(standard, self.low, self.high)
        beyond = standard - inside
        design = _design(inside, self.low, self.high)
        slopes = self.beta[1 : 1 + len(self.contexts)]
        expected = self.level + design @ self.beta + beyond @ slopes
        unsure = ((design @ self.trust) * design).sum(axis=1)
        if self.contexts:
            near = [_near(inside[:, place], *self._range(place)) for place in range(len(self.contexts))]
            expected += sum(_between(self.bend[place], one) for place, one in enumerate(near))
            unsure += np.stack([_between(self.doubt[place], one) for place, one in enumerate(near)]).max(axis=0)
        new = (np.abs(beyond) > NEW_RANGE) & np.array([name.startswith("outside") for name in self.contexts], bool)
        unsure[new.any(axis=1)] = np.nan
        outside = (BEYOND * beyond) ** 2
        unknown = missing * (slopes / self.sigma) ** 2
        return expected, unsure + outside.sum(axis=1) + unknown.sum(axis=1)

    def _range(self, place: int) -> tuple[float, float]:
        return float(self.low[place]), float(self.high[place])


Near = tuple[NDArray[np.intp], Floats]
"""The knot below each value, and how far on (0..1) it is towards the next one."""


def _near(values: Floats, low: float, high: float) -> Near:
    place = np.clip((values - low) / max(high - low, LEAST_VARIATION) * (KNOTS - 1), 0, KNOTS - 1)
    below = np.minimum(place.astype(np.intp), KNOTS - 2)
    return below, place - below


def _between(knots: Floats, near: Near) -> Floats:
    below, fraction = near
    between: Floats = knots[below] * (1 - fraction) + knots[below + 1] * fraction
    return between


def _design(standard: Floats, low: Floats, high: Floats) -> Floats:
    return np.concatenate([np.ones((len(standard), 1)), standard, standard**2 - 1.0], axis=1)


def learn(values: Floats, columns: Mapping[str, Floats], contexts: Sequence[str], floor: float) -> Expectation | None:
    """Fit to the hours in which the value and its contexts are known; None when there are none.

    Contexts that never vary, or are not delivered in nine of ten such hours, are left out.
    """
    known = np.isfinite(values)
    chosen = [
        name
        for name in contexts
        if known.any()
        and np.isfinite(columns[name][known]).mean() > 0.9
        and np.nanstd(columns[name][known]) > LEAST_VARIATION
    ]
    for name in chosen:
        known &= np.isfinite(columns[name])
    if not known.any():
        return None
    given = np.stack([columns[name][known] for name in chosen], axis=1) if chosen else np.zeros((known.sum(), 0))
    centre, spread = given.mean(axis=0), np.maximum(given.std(axis=0), LEAST_VARIATION)
    standard = (given - centre) / spread
    low = np.quantile(standard, 0.005, axis=0) if chosen else np.zeros(0)
    high = np.quantile(standard, 0.995, axis=0) if chosen else np.zeros(0)
    design = _design(np.clip(standard, low, high), low, high)
    target = values[known]
    level = float(np.median(target))
    ridge = np.diag([1e-3] + [LINEAR_RIDGE] * len(chosen) + [SQUARE_RIDGE] * len(chosen))
    kept: Mask = np.ones(len(target), dtype=bool)
    sigma, beta = floor, np.zeros(design.shape[1])
    trust: Floats = np.eye(design.shape[1])
    for _ in range(ROUNDS):
        used = design[kept]
        trust = np.linalg.inv(used.T @ used / INDEPENDENT_H + ridge).astype(np.float64)
        beta = trust @ (used.T @ (target[kept] - level)) / INDEPENDENT_H
        rest = target - level - design @ beta
        middle = np.median(rest)
        sigma = max(floor, float(1.4826 * np.median(np.abs(rest - middle))), float(0.8 * rest[kept].std()))
        kept = np.abs(rest - middle) <= TRIM * sigma
        if kept.sum() < 0.6 * len(target):
            break
    rest = target - level - design @ beta
    bend, doubt = _bends(np.clip(standard, low, high), low, high, np.clip(rest, -TRIM * sigma, TRIM * sigma), sigma)
    return Expectation(tuple(chosen), centre, spread, low, high, level, beta, trust, bend, doubt, sigma)


def _bends(inside: Floats, low: Floats, high: Floats, rest: Floats, sigma: float) -> tuple[Floats, Floats]:
    """One context after the other: the mean of what is left around each knot, and how large the rest of it is there."""
    count = inside.shape[1]
    bend, doubt = np.zeros((count, KNOTS)), np.zeros((count, KNOTS))
    nears = [_near(inside[:, place], float(low[place]), float(high[place])) for place in range(count)]
    weights = [_weights(near) for near in nears]
    for place, near in enumerate(nears):
        bend[place] = weights[place].T @ rest / (weights[place].sum(axis=0) + PRIOR_H)
        rest = rest - _between(bend[place], near)
    for place, weight in enumerate(weights):
        hours = weight.sum(axis=0)
        around = (weight.T @ rest**2 + PRIOR_H * sigma**2) / (hours + PRIOR_H) / sigma**2
        doubt[place] = np.maximum(0.0, around - 1) + FEW_H / (hours + 0.5 * FEW_H)
    return bend, doubt


def _weights(near: Near) -> Floats:
    below, fraction = near
    weight = np.zeros((len(below), KNOTS))
    rows = np.arange(len(below))
    weight[rows, below] = 1 - fraction
    weight[rows, below + 1] = fraction
    return weight


@dataclass(frozen=True, slots=True)
class Residuals:
    """Per hour: the value, what was expected, the difference in σ, and how unsure (variance in σ²)."""

    values: Floats
    expected: Floats
    z: Floats
    unsure: Floats


def residuals(expectation: Expectation, values: Floats, columns: Mapping[str, Floats]) -> Residuals:
    expected, unsure = expectation.of(columns)
    z = np.where(np.isfinite(unsure), (values - expected) / expectation.sigma, np.nan)
    return Residuals(values, expected, z, unsure)


def left_out(
    values: Floats, columns: Mapping[str, Floats], contexts: Sequence[str], floor: float, group: Times
) -> Residuals:
    """Each group of hours (a week) judged by what the other groups taught."""
    expected, z, unsure = (np.full(len(values), np.nan) for _ in range(3))
    for one in np.unique(group):
        here = group == one
        others = {name: columns[name][~here] for name in contexts}
        learned = learn(values[~here], others, contexts, floor)
        if learned is None:
            continue
        judged = residuals(learned, values[here], {name: columns[name][here] for name in contexts} | {"": values[here]})
        expected[here], z[here], unsure[here] = judged.expected, judged.z, judged.unsure
    return Residuals(values, expected, z, unsure)
