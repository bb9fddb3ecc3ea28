"""Which minutes of a recording say something about the machine: long enough in one mode, and not after a defrost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.analysis.detector.recording import (
    DEFROST,
    HEATING,
    HOT_WATER,
    OFF,
    UNKNOWN,
    Floats,
    Mask,
    Recording,
    Times,
)

SETTLED_S = 600
SETTLED_EARLY_S = 240
"""For machines whose runs are so short that they would never be looked at otherwise."""
RARELY = 0.6
"""Of the time in a mode: with less of it in long runs, shorter ones are looked at too."""
AFTER_DEFROST_S = 720
GAP_S = 900
"""A longer silence ends whatever was going on."""
LONGEST_ROW_S = 300


@dataclass(frozen=True, slots=True)
class Reading:
    """How a recording is read; found out once, from the history, and kept with the model.

    `hz_tells`: the compressor's frequency says whether it runs, whatever the mode says. `settled_s`: how long a mode
    must have lasted.
    """

    hz_tells: bool
    settled_s: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Course:
    """What happens in each row: `mode` as found, `weight` (s), for how long (s), and whether it `begins` something."""

    mode: NDArray[np.int8]
    weight: Floats
    begins: Mask
    gap_s: Times
    length_s: Times
    steady: Mask


def reading_of(recording: Recording) -> Reading:
    hz = recording.values["compressor_hz"]
    working = np.isin(recording.mode, (HEATING, HOT_WATER))
    with np.errstate(invalid="ignore"):
        tells = bool(np.mean(hz[working] > 0) > 0.3) if working.any() else False
    settled = dict.fromkeys((OFF, HEATING, HOT_WATER, DEFROST), SETTLED_S)
    usual = course(recording, Reading(tells, settled))
    for mode in (HEATING, HOT_WATER):
        here = usual.mode == mode
        if usual.weight[here & usual.steady].sum() < RARELY * usual.weight[here].sum():
            settled[mode] = SETTLED_EARLY_S
    return Reading(tells, settled)


def course(recording: Recording, reading: Reading) -> Course:
    """Read the rows in order; what is said of a row depends on earlier rows only."""
    at, mode = recording.at, _modes(recording, reading)
    count = len(at)
    if count == 0:
        none = np.zeros(0, dtype=np.int64)
        return Course(mode, none.astype(float), none.astype(bool), none, none, none.astype(bool))
    gap = np.diff(at, prepend=at[0] - 60)
    silent = gap > GAP_S
    begins = silent | (mode != np.concatenate([[UNKNOWN - 1], mode[:-1]]))
    begins[0] = True
    first = np.maximum.accumulate(np.where(begins, np.arange(count), 0))
    elapsed = at - at[first]
    disturbed = np.where((mode == DEFROST) | silent, at, at[0] - 10 * AFTER_DEFROST_S)
    since_disturbed = at - np.maximum.accumulate(disturbed)
    settled = np.full(count, SETTLED_S)
    for one, seconds in reading.settled_s.items():
        settled[mode == one] = seconds
    steady = (elapsed >= settled) & (since_disturbed >= AFTER_DEFROST_S) & (mode != UNKNOWN)
    before = np.concatenate([[0], at[:-1] - at[first[:-1]]])
    length = np.where(begins & ~silent, before, 0)
    return Course(mode, np.minimum(gap, LONGEST_ROW_S).astype(float), begins, gap, length, steady)


def _modes(recording: Recording, reading: Reading) -> NDArray[np.int8]:
    hz = recording.values["compressor_hz"]
    mode = recording.mode.copy()
    with np.errstate(invalid="ignore"):
        stands, turns = hz <= 0, hz > 0
    if reading.hz_tells:
        mode[stands & np.isin(mode, (HEATING, HOT_WATER))] = OFF
    mode[(mode == UNKNOWN) & turns] = HEATING
    mode[(mode == UNKNOWN) & stands] = OFF
    return mode
