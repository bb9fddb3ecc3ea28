"""From single differences to one number: distance, largest and gross difference, forest; the strongest counts."""

from __future__ import annotations

import numpy as np

from app.analysis.detector.forest import Forest
from app.analysis.detector.recording import Floats, Mask, Times
from app.analysis.detector.smoothing import SCALES, Cube

SHRUNK = 0.4
"""How far correlations are drawn towards none: with as few independent days as a season has, they are half chance."""
FAR = 12.0
FOREST_SCALES = 2
WEEK_HOURS = 48
"""A week with fewer hours says nothing about its largest value."""
ABOVE_MEAN = 1.9
"""Standard deviations from the mean of weekly maxima to what one week in twenty exceeds (Gumbel)."""
FEW_WEEKS = 3.0


def standardised(means: Cube, doubts: Cube, rms: Floats) -> Cube:
    """Smoothed differences in units of what is usual, less where the expectation itself is unsure."""
    standard: Cube = means / np.sqrt(rms**2 + doubts)
    return standard


def inverse_correlations(standard: Cube, usable: Mask) -> Floats:
    """Scales × quantities × quantities."""
    quantities = standard.shape[1]
    inverse = np.zeros((SCALES, quantities, quantities))
    for scale in range(SCALES):
        here = np.clip(standard[usable, :, scale], -4, 4)
        correlation = here.T @ here / max(1, len(here))
        size = np.sqrt(np.maximum(np.diag(correlation), 1e-9))
        correlation = correlation / np.outer(size, size) * (1 - SHRUNK)
        np.fill_diagonal(correlation, 1.0)
        inverse[scale] = np.linalg.inv(correlation)
    return inverse


def forest_rows(standard: Cube) -> Floats:
    """What the forest sees: the residual vector, smoothed over a few and over some hours."""
    rows = standard[:, :, :FOREST_SCALES].reshape(len(standard), -1)
    return np.clip(rows, -FAR, FAR)


def distances(standard: Cube, inverse: Floats) -> Floats:
    """Hours × scales: length of the residual vector, as a root mean square."""
    vector = np.clip(standard, -FAR, FAR)
    squared = np.einsum("hqs,sqp,hps->hs", vector, inverse, vector)
    distance: Floats = np.sqrt(np.maximum(squared, 0) / max(1, standard.shape[1]))
    return distance


def parts_of(standard: Cube, gross: Floats, inverse: Floats, largest: Floats, forest: Forest) -> Floats:
    """Hours × (3 distances, 3 largest differences, what lasts, forest); `gross` (hours × quantities) is what lasts."""
    if not len(standard):
        return np.zeros((0, 2 * SCALES + 2))
    single = (np.abs(standard) / largest).max(axis=1)
    return np.concatenate(
        [
            distances(standard, inverse),
            single,
            gross.max(axis=1)[:, None],
            forest.score(forest_rows(standard))[:, None],
        ],
        axis=1,
    )


def weekly_limit(values: Floats, week: Times, usable: Mask) -> Floats:
    """What a column reaches in one week of twenty, from its largest value in each week. Hours × columns → columns."""
    largest: list[Floats] = []
    for one in np.unique(week[usable]):
        here = (week == one) & usable
        if here.sum() >= WEEK_HOURS or len(largest) == 0:
            largest.append(values[here].max(axis=0))
    weekly = np.stack(largest)
    few = 1 + FEW_WEEKS / len(weekly)
    deviation = weekly.std(axis=0, ddof=1) if len(weekly) > 1 else 0.3 * weekly[0]
    limit: Floats = weekly.mean(axis=0) + ABOVE_MEAN * few * deviation
    return limit
