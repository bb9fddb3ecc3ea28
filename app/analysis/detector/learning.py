"""How far a heat pump is known: learning, provisional, trusted; and when it does something it never did before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from app.analysis.detector.expectation import NEW_RANGE
from app.analysis.detector.hours import Hours
from app.analysis.detector.recording import DEFROST, HEATING, HOT_WATER, Floats, Mask

DAY_S = 86_400
VALID_HOURS = 12
"""A day counts from as many hours on."""
LEARNING_DAYS = 30
TRUSTED_DAYS = 60
MODE_DAYS = 7


class State(StrEnum):
    LEARNING = "learning"
    PROVISIONAL = "provisional"
    TRUSTED = "trusted"


@dataclass(frozen=True, slots=True)
class Lived:
    """What a history holds: valid days, on how many days each mode occurred, and the outdoor temperature of its hours.

    `coldest` and `warmest` (°C) are None where no outdoor temperature was delivered; `usual` is its deviation.
    """

    days: int
    mode_days: Mapping[int, int]
    coldest: float | None
    warmest: float | None
    usual: float


@dataclass(frozen=True, slots=True)
class Learning:
    """`day` of `of` while learning; `rare` are modes that occurred, but on fewer than seven days."""

    state: State
    day: int
    of: int
    rare: tuple[int, ...]


def lived(hours: Hours, usable: Mask) -> Lived:
    day = hours.at // DAY_S
    days, counts = np.unique(day[usable], return_counts=True)
    valid = days[counts >= VALID_HOURS]
    mode_days = {mode: len(np.unique(day[present & usable])) for mode, present in hours.present.items()}
    outside = hours.columns["outside"][usable]
    outside = outside[np.isfinite(outside)]
    if not len(outside):
        return Lived(len(valid), mode_days, None, None, 0.0)
    return Lived(len(valid), mode_days, float(outside.min()), float(outside.max()), float(outside.std()))


def learning(history: Lived) -> Learning:
    """A mode that never occurred does not hold anything up: there are heat pumps without hot water."""
    rare = tuple(mode for mode, days in sorted(history.mode_days.items()) if 0 < days < MODE_DAYS)
    if history.days < LEARNING_DAYS or rare:
        return Learning(State.LEARNING, min(history.days, LEARNING_DAYS), LEARNING_DAYS, rare)
    state = State.TRUSTED if history.days >= TRUSTED_DAYS else State.PROVISIONAL
    return Learning(state, LEARNING_DAYS, LEARNING_DAYS, ())


def known_modes(history: Lived) -> frozenset[int]:
    return frozenset(mode for mode, days in history.mode_days.items() if days >= MODE_DAYS)


NEW_MODES = {HEATING: "first heating", HOT_WATER: "first hot water", DEFROST: "first defrost"}
RECORD_COLD, RECORD_WARM = "record cold", "record warmth"


def new_range(history: Lived, hours: Hours) -> list[tuple[str, ...]]:
    """Per hour what is new about it; such hours are shown, and what depends on it is not judged."""
    told: list[tuple[str, ...]] = []
    known = known_modes(history)
    outside: Floats = hours.columns["outside"]
    for hour in range(len(hours)):
        new = [name for mode, name in NEW_MODES.items() if mode not in known and hours.present[mode][hour]]
        if history.coldest is not None and outside[hour] < history.coldest - NEW_RANGE * history.usual:
            new.append(RECORD_COLD)
        if history.warmest is not None and outside[hour] > history.warmest + NEW_RANGE * history.usual:
            new.append(RECORD_WARM)
        told.append(tuple(new))
    return told
