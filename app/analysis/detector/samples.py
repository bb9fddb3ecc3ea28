"""From the samples of a heat pump, by the words of the vocabulary, to what the detector looks at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.analysis.columns import MODE, Samples
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
    recording,
)

WORDS = {
    "off": OFF,
    "standby": OFF,
    "blocked": OFF,
    "fault": OFF,
    "heating": HEATING,
    "hot_water": HOT_WATER,
    "defrost": DEFROST,
}
"""Cooling and pool are not judged."""

SOURCES = {
    "temp_outside": "temp_outside",
    "temp_flow": "temp_flow",
    "temp_return": "temp_return",
    "temp_hot_water": "temp_hot_water",
    "power_current": "power_current_draw",
    "power_thermal": "power_current",
    "compressor_hz": "compressor_frequency",
    "temp_flow_set": "temp_flow_target",
}
"""The detector's sensor → the vocabulary's: `power_current` is heat there, and electrical input here."""

DEFROSTING, STANDING = "defrost", "compressor_on"
READ = (MODE, DEFROSTING, STANDING, *SOURCES.values())
HELD_S = 900
"""Settings are read every ten minutes: until then the last value stands."""


def recording_of(samples: Samples) -> Recording:
    """Rows of `READ`; what the heat pump does not tell is not delivered."""
    at = samples.times
    values = {name: _held(at, samples.numbers(source)) for name, source in SOURCES.items() if samples.has(source)}
    return recording(at.astype(np.float64), _modes(samples), values)[0]


def _modes(samples: Samples) -> Floats:
    words: Sequence[object] = samples.values.get(MODE, [None] * len(samples.times))
    known = np.array([np.nan if word is None else WORDS.get(str(word), UNKNOWN) for word in words], dtype=np.float64)
    modes = _held(samples.times, known)
    if samples.has(STANDING):
        standing: Mask = _held(samples.times, samples.numbers(STANDING)) == 0
        modes = np.where(standing & ((modes == HEATING) | (modes == HOT_WATER)), OFF, modes)
    if samples.has(DEFROSTING):
        modes = np.where(_held(samples.times, samples.numbers(DEFROSTING)) == 1, DEFROST, modes)
    return modes


def _held(at: Times, values: Floats) -> Floats:
    known = np.isfinite(values)
    if not known.any():
        return values
    newest = np.maximum.accumulate(np.where(known, np.arange(len(values)), 0))
    return np.where(at - at[newest] <= HELD_S, values[newest], np.nan)
