"""From which part of its history a heat pump is learned, and what an owner's verdicts change about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.analysis.behaviour.minutes import HOUR_S, Minutes
from app.analysis.detector.fitting import fit
from app.analysis.detector.forest import Forest, grow
from app.analysis.detector.learning import LEARNING_DAYS, Learning, State, learning
from app.analysis.detector.model import Model
from app.analysis.detector.recording import Floats, Mask, Recording

DAY_S = 86_400
LONGEST_S = 90 * DAY_S
OLD_ENOUGH_S = 28 * DAY_S
"""What grows slowly must not be learned while it grows."""
ENOUGH_S = 40 * DAY_S
"""With less history that is old enough, all of it counts: 30 valid days and some to spare."""
REFIT_S, REFIT_WHILE_LEARNING_S = 7 * DAY_S, DAY_S
EXCUSED_MARGIN = 1.5
"""By how much a plain sign may be stronger than when its owner said that it was no fault."""


@dataclass(frozen=True, slots=True)
class Episode:
    """Hours that were unusual, since <= time < until. `excused`: the owner said that it was no fault.

    `levels` are those of the plain signs then.
    """

    since: int
    until: int
    excused: bool
    levels: Mapping[str, float]


def span(now: int, begins_at: int) -> tuple[int, int]:
    """start <= time < end of what is to be learned from; `begins_at` is where the usable history begins."""
    end = now - OLD_ENOUGH_S
    if end - begins_at < ENOUGH_S:
        end = now // HOUR_S * HOUR_S
    return min(max(begins_at, end - LONGEST_S), end), end


def also(end: int, now: int, episodes: Iterable[Episode]) -> list[tuple[int, int]]:
    """Stretches after `end` to learn from all the same: they looked unusual, and were not."""
    return [(max(end, each.since), min(now, each.until)) for each in episodes if each.excused and each.until > end]


def learned(
    history: Minutes,
    machine: Mapping[str, str],
    episodes: Sequence[Episode],
    growing: Callable[[Floats], Forest] = grow,
) -> Model:
    """A model of this history without the hours of episodes, unless their owner excused them."""
    model = fit(history.recording, machine, _left_out(history.recording, episodes), growing)
    limits = dict(model.signs)
    for each in episodes:
        if each.excused:
            limits |= {name: max(limits.get(name, 0.0), EXCUSED_MARGIN * level) for name, level in each.levels.items()}
    return replace(model, signs=limits)


def _left_out(history: Recording, episodes: Iterable[Episode]) -> Mask:
    left = np.zeros(len(history), dtype=bool)
    for each in episodes:
        if not each.excused:
            begin, end = np.searchsorted(history.at, [each.since, each.until]).tolist()
            left[begin:end] = True
    return left


def due(model: Model, fitted_at: int, now: int) -> bool:
    """Whether it is to be learned again: daily at first, then weekly; also when the clock was set back."""
    every = REFIT_WHILE_LEARNING_S if model.lived.days < LEARNING_DAYS else REFIT_S
    return not fitted_at <= now < fitted_at + every


def standing(model: Model, fitted_at: int, learned_until: int) -> Learning:
    """How far the heat pump is known. What was learned from the last weeks as well is not trusted yet."""
    found = learning(model.lived)
    if found.state is State.TRUSTED and fitted_at - learned_until < OLD_ENOUGH_S:
        return replace(found, state=State.PROVISIONAL)
    return found
