"""Judge a stream with what was learned: one score per hour, from earlier hours only, and what contributes to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.analysis.detector import measures
from app.analysis.detector.expectation import residuals
from app.analysis.detector.fitting import judged_values, relative
from app.analysis.detector.hours import Hours, hours_of
from app.analysis.detector.model import Known, Model
from app.analysis.detector.quantities import BY_NAME
from app.analysis.detector.recording import Floats, Recording, Times
from app.analysis.detector.signs import Signs, signs_of, strongest
from app.analysis.detector.smoothing import Cube, lasting, smoothed
from app.analysis.detector.steady import course

HELD_ABOVE = 0.8
HELD_H = 6
"""An alarm goes on until its cause stayed below this score for so many hours: one fault is one alarm."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Hours × …: `score` (1.0 is the alarm line), `standard` differences, `values` and what was `expected`.

    `parts` are the measures it is made of, each in units of its own limit (distances, largest differences, forest).

    `names` are the quantities in the order of the arrays; `signs` the plain signs beyond their limits per hour.
    """

    at: Times
    score: Floats
    parts: Floats
    names: tuple[str, ...]
    share: Floats
    standard: Cube
    values: Floats
    expected: Floats
    signs: list[tuple[str, ...]]


def judge(model: Model, stream: Recording) -> Judged:
    lived = course(stream, model.reading)
    return judged_hours(model, hours_of(stream, lived), signs_of(stream, lived))


def judged_hours(model: Model, hours: Hours, plain: Signs) -> Judged:
    score, beyond = strongest(plain, model.signs)
    if model.known is None or not len(hours):
        nothing = np.zeros((len(hours), 0))
        return Judged(
            hours.at, held(hours.at, score), nothing, (), nothing, nothing[:, :, None], nothing, nothing, beyond
        )
    names = tuple(model.known.expectations)
    standard, gross, values, expected = _standard(model, model.known, hours)
    parts = relative(_parts(model.known, standard, gross), model.known.together.parts)
    learned = parts.max(axis=1) / model.known.together.limit
    share = np.maximum((np.abs(standard) / model.known.limits.largest).max(axis=2), gross)
    overall = held(hours.at, np.maximum(learned, score))
    return Judged(hours.at, overall, parts, names, share, standard, values, expected, beyond)


def _standard(model: Model, known: Known, hours: Hours) -> tuple[Cube, Floats, Floats, Floats]:
    judged = [
        residuals(expectation, judged_values(BY_NAME[name], hours, model.modes), hours.columns)
        for name, expectation in known.expectations.items()
    ]
    z, unsure = (np.stack([getattr(one, name) for one in judged], axis=1) for name in ("z", "unsure"))
    means, doubts = smoothed(hours.at, z, unsure, known.limits.hours)
    return (
        measures.standardised(means, doubts, known.limits.rms),
        lasting(z, unsure) / known.limits.gross,
        np.stack([one.values for one in judged], axis=1),
        np.stack([one.expected for one in judged], axis=1),
    )


def _parts(known: Known, standard: Cube, gross: Floats) -> Floats:
    together = known.together
    return measures.parts_of(standard, gross, together.inverse, known.limits.largest, together.forest)


def held(at: Times, score: Floats) -> Floats:
    """The score, kept at the alarm line while an alarm has not yet stayed away for some hours."""
    result = score.copy()
    quiet_since: float | None = None
    alarm = False
    for hour, (time, value) in enumerate(zip(at.tolist(), score.tolist(), strict=True)):
        if value >= 1:
            alarm, quiet_since = True, None
        elif alarm and value >= HELD_ABOVE:
            quiet_since = None
        elif alarm:
            quiet_since = time if quiet_since is None else quiet_since
            alarm = time - quiet_since < HELD_H * 3600
        if alarm:
            result[hour] = max(1.0, value)
    return result
