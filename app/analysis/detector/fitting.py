"""Learn a heat pump from its history: expectations, what is usual of them, and where the alarm line lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from app.analysis.detector import measures, signs
from app.analysis.detector.expectation import Expectation, Residuals, learn, left_out
from app.analysis.detector.forest import Forest, grow
from app.analysis.detector.hours import Hours, hours_of
from app.analysis.detector.learning import known_modes, lived
from app.analysis.detector.model import Known, Limits, Model, Together
from app.analysis.detector.quantities import QUANTITIES, Quantity
from app.analysis.detector.recording import DEFROST, HOT_WATER, Floats, Mask, Recording, Times
from app.analysis.detector.signs import Signs, signs_of
from app.analysis.detector.smoothing import SCALES, Cube, lasting, smoothed
from app.analysis.detector.steady import Reading, course, reading_of

DAY_S = 86_400
WEEK_S = 7 * DAY_S
LEAST_DAYS = 7
LEAST_HOURS = 40
LEAST_CHARGES = 16
LEAST_GROUPS = 5
SIGN_MARGIN = 1.5
LEAST_LARGEST = 3.0
LEAST_LASTING, LASTING_MARGIN = 8.0, 1.5
LEAST_LARGEST_OF_PEOPLE = 4.0
"""People do not repeat themselves from week to week as machines do."""
PRIOR_WINDOWS = 4.0
PRIOR_RMS = 1.6
"""What is believed of a smoothed difference before it was seen, in units of what pure chance would leave."""
MARGIN = 1.05
SHORT_HISTORY_WEEKS = 1.0


def fit(
    history: Recording, machine: Mapping[str, str], left: Mask | None = None, grown: Callable[[Floats], Forest] = grow
) -> Model:
    """Learn from a history; `left` marks rows to leave out, such as hours with alarms.

    `grown` makes the forest: what imports scikit-learn may be another process.
    """
    reading = reading_of(history)
    happened = course(history, reading)
    hours, plain = hours_of(history, happened), signs_of(history, happened)
    usable = np.ones(len(hours), dtype=bool)
    if left is not None and left.any():
        usable = ~np.isin(hours.at, history.at[left] // 3600 * 3600)
    return learned(hours, plain, usable, machine, reading, signs.coarse_sensors(history), grown)


def learned(
    hours: Hours,
    plain: Signs,
    usable: Mask,
    machine: Mapping[str, str],
    reading: Reading,
    coarse: frozenset[str] = frozenset(),
    grown: Callable[[Floats], Forest] = grow,
) -> Model:
    history = lived(hours, usable)
    if history.days < LEAST_DAYS:
        return Model(machine, reading, history, dict(signs.FIRST_LIMITS), None)
    group = groups(hours.at)
    limits = signs.learned_limits(plain, usable, group, SIGN_MARGIN, coarse)
    return Model(machine, reading, history, limits, _known(hours, usable, group, known_modes(history), grown))


def groups(at: Times) -> Times:
    """Weeks; shorter stretches when there are fewer than five of them."""
    span = max(DAY_S, int(at[-1] - at[0]))
    length = min(WEEK_S, max(DAY_S, span // LEAST_GROUPS))
    group: Times = (at - at[0]) // length
    return group


def judged_values(quantity: Quantity, hours: Hours, modes: frozenset[int]) -> Floats:
    """The quantity's column, NaN where it cannot be judged: while recovering, or in a mode that is new."""
    values = hours.columns[quantity.name]
    if not quantity.behaviour:
        return values
    unknown = hours.recovering.copy()
    if quantity.needs in (-1, DEFROST):
        for mode, present in hours.present.items():
            if mode not in modes:
                unknown |= recent(hours.at, present)
    return np.where(unknown, np.nan, values)


def recent(at: Times, present: Mask, seconds: int = DAY_S) -> Mask:
    """Whether it was present within this time before, or is now."""
    newest = np.maximum.accumulate(np.where(present, at, -10 * DAY_S)) if len(at) else at
    within: Mask = at - newest < seconds
    return within


def _known(
    hours: Hours, usable: Mask, group: Times, modes: frozenset[int], grown: Callable[[Floats], Forest]
) -> Known | None:
    expectations: dict[str, Expectation] = {}
    judged: list[tuple[Quantity, Residuals]] = []
    for quantity in QUANTITIES:
        if (quantity.needs != -1 and quantity.needs not in modes) or quantity.instead_of in expectations:
            continue
        values = np.where(usable, judged_values(quantity, hours, modes), np.nan)
        known = np.isfinite(values)
        least = LEAST_CHARGES if quantity.needs == HOT_WATER else LEAST_HOURS
        if known.sum() < least or len(np.unique(group[known])) < 3:
            continue
        expectation = learn(values, hours.columns, quantity.expected_from, quantity.floor)
        if expectation is None:
            continue
        rest = left_out(values, hours.columns, quantity.expected_from, quantity.floor, group)
        expectations[quantity.name] = expectation
        judged.append((quantity, rest))
    if not judged:
        return None
    return Known(expectations, *_usual(hours.at, judged, usable, group, grown))


def _usual(
    at: Times,
    judged: list[tuple[Quantity, Residuals]],
    usable: Mask,
    group: Times,
    grown: Callable[[Floats], Forest],
) -> tuple[Limits, Together]:
    scales = np.array([quantity.hours for quantity, _ in judged])
    z = np.stack([rest.z for _, rest in judged], axis=1)
    unsure = np.stack([rest.unsure for _, rest in judged], axis=1)
    means, doubts = smoothed(at, z, unsure, scales)
    still = lasting(z, unsure)
    gross = np.maximum(LEAST_LASTING, LASTING_MARGIN * measures.weekly_limit(still, group, usable))
    rms = _rms(means, z, scales, usable)
    standard = measures.standardised(means, doubts, rms)
    flat = np.abs(standard).reshape(len(at), -1)
    least = np.array([LEAST_LARGEST_OF_PEOPLE if quantity.behaviour else LEAST_LARGEST for quantity, _ in judged])
    largest = np.maximum(least[:, None], measures.weekly_limit(flat, group, usable).reshape(rms.shape))
    inverse = measures.inverse_correlations(standard, usable)
    forest = grown(measures.forest_rows(standard)[usable])
    parts = measures.parts_of(standard, still / gross, inverse, largest, forest)
    part_limits = np.maximum(measures.weekly_limit(parts, group, usable), [1.2] * SCALES + [1.0] * SCALES + [1.0, 0.5])
    overall = relative(parts, part_limits).max(axis=1)
    weeks = (at[-1] - at[0]) / WEEK_S
    limit = float(measures.weekly_limit(overall[:, None], group, usable)[0])
    limit = max(1.0, limit) * MARGIN * (1 + SHORT_HISTORY_WEEKS / max(weeks, 1.0))
    return Limits(scales, rms, largest, gross), Together(inverse, forest, part_limits, limit)


FOREST_REST = 0.42
"""The score of a usual row; what lies above is what counts."""


def relative(parts: Floats, limits: Floats) -> Floats:
    """Each part in units of its limit."""
    shares = parts / limits
    shares[:, -1] = np.maximum(0.0, (parts[:, -1] - FOREST_REST) / (limits[-1] - FOREST_REST))
    return shares


def _rms(means: Cube, z: Floats, scales: Floats, usable: Mask) -> Floats:
    share = 1 - np.exp(-1 / scales)
    chance = PRIOR_RMS * np.sqrt(share / (2 - share))
    valid = np.isfinite(z) & usable[:, None]
    count = valid.sum(axis=0)[:, None]
    squared = (means**2 * valid[:, :, None]).sum(axis=0) / np.maximum(1, count)
    windows = count / scales
    rms: Floats = np.sqrt((windows * squared + PRIOR_WINDOWS * chance**2) / (windows + PRIOR_WINDOWS))
    return rms
