"""From the samples of a heat pump, by the words of the vocabulary, to the minutes that the detector looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.analysis.columns import MODE, Samples
from app.analysis.detector.recording import (
    DEFROST,
    HEATING,
    HOT_WATER,
    OFF,
    SENSORS,
    UNKNOWN,
    Floats,
    Mask,
    Recording,
    Times,
    recording,
)
from app.analysis.half_hour import LONGEST_HELD_S

HOUR_S = 3600
MINUTE_S = 60

WORDS = {
    "off": OFF,
    "standby": OFF,
    "blocked": OFF,
    "fault": OFF,
    "heating": HEATING,
    "hot_water": HOT_WATER,
    "defrost": DEFROST,
}
NOT_JUDGED = frozenset(("cooling", "pool"))
"""What the compressor does then says nothing about heating."""

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

DEFROSTING, STANDING, BACKUP = "defrost", "compressor_on", "backup_heater"
BIVALENCE = ("temp_bivalence_heating", "temp_second_source_bivalence_1")
"""Settings below which outdoor temperature a machine's second heat source may help (°C)."""
READ = (MODE, DEFROSTING, STANDING, BACKUP, *BIVALENCE, *SOURCES.values())


@dataclass(frozen=True, slots=True)
class Minutes:
    """`recording` has the last poll of every minute in which there was one. `heater`: rows in which the backup heater
    helps to heat although it is warmer than the bivalence point. `places`: for each hour (its beginning) a second, no
    later than its last poll if it has several, at which there was none."""

    recording: Recording
    heater: Mask
    places: Mapping[int, int]

    def __len__(self) -> int:
        return len(self.recording)

    def since(self, start: int) -> Minutes:
        """The minutes from this time on."""
        return self.between(start, int(self.recording.at[-1]) + 1) if len(self) else self

    def between(self, start: int, end: int) -> Minutes:
        """The minutes with start <= time < end."""
        begin, stop = np.searchsorted(self.recording.at, [start, end]).tolist()
        here = slice(begin, stop)
        return Minutes(
            Recording(
                self.recording.at[here],
                self.recording.mode[here],
                {name: values[here] for name, values in self.recording.values.items()},
                {name: wrong[here] for name, wrong in self.recording.implausible.items()},
            ),
            self.heater[here],
            {hour: place for hour, place in self.places.items() if start <= place < end},
        )


def minutes_of(samples: Samples, start: int) -> Minutes:
    """Rows of `READ` as minutes from `start` on; what was read up to a quarter of an hour before is held into them."""
    at = samples.times
    values = {name: _held(at, samples.numbers(source)) for name, source in SOURCES.items() if samples.has(source)}
    modes = _modes(samples, values)
    heater = _heater(samples, values, modes)
    last = np.flatnonzero(np.diff(at // MINUTE_S, append=-1) != 0)
    last = last[at[last] >= start]
    kept, place = recording(
        at[last].astype(np.float64), modes[last], {name: each[last] for name, each in values.items()}
    )
    first = np.flatnonzero(np.diff(place, prepend=-1))
    return Minutes(kept, heater[last][first], _places(at[at >= start]))


def joined(pieces: Sequence[Minutes]) -> Minutes:
    """Minutes that follow each other, as one."""
    recordings = [piece.recording for piece in pieces if len(piece)]
    if not recordings:
        empty, _ = recording(np.zeros(0), np.zeros(0), {})
        return Minutes(empty, np.zeros(0, dtype=bool), {})
    return Minutes(
        Recording(
            np.concatenate([each.at for each in recordings]),
            np.concatenate([each.mode for each in recordings]),
            {name: np.concatenate([each.values[name] for each in recordings]) for name in SENSORS},
            {name: np.concatenate([each.implausible[name] for each in recordings]) for name in SENSORS},
        ),
        np.concatenate([piece.heater for piece in pieces]),
        {hour: place for piece in pieces for hour, place in piece.places.items()},
    )


def _modes(samples: Samples, values: dict[str, Floats]) -> Floats:
    words: Sequence[object] = samples.values.get(MODE, [None] * len(samples.times))
    known = np.array([np.nan if word is None else WORDS.get(str(word), UNKNOWN) for word in words], dtype=np.float64)
    modes = _held(samples.times, known)
    if "compressor_hz" in values:
        other = np.array([np.nan if word is None else float(str(word) in NOT_JUDGED) for word in words])
        values["compressor_hz"] = np.where(_held(samples.times, other) == 1, np.nan, values["compressor_hz"])
    if samples.has(STANDING):
        standing: Mask = _held(samples.times, samples.numbers(STANDING)) == 0
        modes = np.where(standing & ((modes == HEATING) | (modes == HOT_WATER)), OFF, modes)
    if samples.has(DEFROSTING):
        modes = np.where(_held(samples.times, samples.numbers(DEFROSTING)) == 1, DEFROST, modes)
    return modes


def _heater(samples: Samples, values: Mapping[str, Floats], modes: Floats) -> Mask:
    none = np.zeros(len(samples.times), dtype=bool)
    setting = next((name for name in BIVALENCE if samples.has(name)), None)
    if setting is None or "temp_outside" not in values or not samples.has(BACKUP):
        return none
    point = samples.numbers(setting)
    known = np.flatnonzero(np.isfinite(point))
    helping = (_held(samples.times, samples.numbers(BACKUP)) == 1) & (modes == HEATING)
    with np.errstate(invalid="ignore"):
        found: Mask = helping & (values["temp_outside"] > point[known[-1]])
    return found


def _places(at: Times) -> dict[int, int]:
    found: dict[int, int] = {}
    for hour in np.unique(at // HOUR_S).tolist():
        taken = at[at // HOUR_S == hour].tolist()
        there = set(taken)
        free = taken[-1]
        while free in there and free > hour * HOUR_S:
            free -= 1
        while free in there:
            free += 1
        found[hour * HOUR_S] = free
    return found


def _held(at: Times, values: Floats) -> Floats:
    known = np.isfinite(values)
    if not known.any():
        return values
    newest = np.maximum.accumulate(np.where(known, np.arange(len(values)), 0))
    return np.where(at - at[newest] < LONGEST_HELD_S, values[newest], np.nan)
