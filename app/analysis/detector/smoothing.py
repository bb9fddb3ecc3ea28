"""Differences in σ, smoothed over a few, some and many valid hours: what lasts stands out, what was chance goes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.analysis.detector.recording import Floats, Times

SCALES = 3
CLIPPED_AT = np.array([8.0, 5.0, 4.0])
"""σ; one absurd hour must not rule for days."""
FORGOTTEN_H = 96.0
LASTING_HOURS = 3

Cube = NDArray[np.float64]
"""Hours × quantities × scales."""


def smoothed(at: Times, z: Floats, unsure: Floats, hours: Floats) -> tuple[Cube, Cube]:
    """The running means of z and of its uncertainty after each hour; hours in which z is NaN change nothing.
    `z` and `unsure` are hours × quantities, `hours` quantities × scales. Both begin at 0: nothing is known to be wrong.
    What was not seen for four days is forgotten.
    """
    count, quantities = z.shape
    means, doubts = np.zeros((count, quantities, SCALES)), np.zeros((count, quantities, SCALES))
    share = 1 - np.exp(-1 / hours)
    mean, doubt = np.zeros((quantities, SCALES)), np.zeros((quantities, SCALES))
    seen = np.full(quantities, -np.inf)
    valid = np.isfinite(z)
    clipped = np.clip(np.nan_to_num(z)[:, :, None], -CLIPPED_AT, CLIPPED_AT)
    unsure = np.nan_to_num(unsure)[:, :, None]
    time = at / 3600.0
    for hour in range(count):
        here = valid[hour]
        step = share * here[:, None]
        mean = mean + step * (clipped[hour] - mean)
        doubt = doubt + step * (unsure[hour] - doubt)
        seen[here] = time[hour]
        forgotten = time[hour] - seen > FORGOTTEN_H
        mean[forgotten] = doubt[forgotten] = 0.0
        means[hour], doubts[hour] = mean, doubt
    return means, doubts


def lasting(z: Floats, unsure: Floats) -> Floats:
    """Hours × quantities: the least of the last three valid differences in σ, 0 where they differ in sign.

    Nothing is clipped here: what is gross shows within three hours, however unsure the expectation is.
    """
    sure = z / np.sqrt(1 + np.nan_to_num(unsure))
    result = np.zeros_like(z)
    last = np.zeros((LASTING_HOURS, z.shape[1]))
    for hour, row in enumerate(sure):
        here = np.isfinite(row)
        last[:, here] = np.concatenate([last[1:, here], row[None, here]])
        same = np.abs(np.sign(last).sum(axis=0)) == LASTING_HOURS
        result[hour] = np.where(same, np.abs(last).min(axis=0), 0.0)
    return result
