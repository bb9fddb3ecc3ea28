"""Would a rule have held in the past? What `rules.evaluate` says at each moment, for a whole history at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.analysis.rules import Rule
from app.analysis.terms import (
    LEAST_COVERED,
    Count,
    Fault,
    Offline,
    Rate,
    Silence,
    Term,
    Threshold,
    Word,
    word,
)

Times = NDArray[np.int64]
Flags = NDArray[np.bool_]
Verdicts = NDArray[np.int8]
"""1: holds, 0: does not, -1: unknown."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one sensor said at each moment: NaN for nothing; `asked`: whether it was asked then at all.

    `words`: what the numbers of a text sensor stand for.
    """

    values: NDArray[np.float64]
    asked: Flags
    words: Mapping[int, str] | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What was known of a heat pump at some moments in order: those of its readings (`read`), and others between."""

    times: Times
    read: Flags
    lost: Flags
    told: Mapping[str, Told] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Episode:
    """A rule held from `since` on, for long enough at `opened_at`, and no more at `closed_at` (None: to the end)."""

    since: int
    opened_at: int
    closed_at: int | None


def episodes(rule: Rule, past: Past) -> list[Episode]:
    """Every time that this rule would have opened an event."""
    if not len(past.times):
        return []
    verdicts = [_judged(term, past) for term in rule.terms]
    whole = np.minimum.reduce([np.where(each == -1, 2, each) for each in verdicts])  # unknown weighs less than no
    anything_unknown = np.logical_or.reduce([each == -1 for each in verdicts])
    whole = np.where((whole != 0) & anything_unknown, -1, whole)
    return _episodes(rule, past.times, whole)


def _episodes(rule: Rule, times: Times, verdicts: NDArray[np.int64]) -> list[Episode]:
    yes = np.flatnonzero(verdicts == 1)
    if not len(yes):
        return []
    noes = np.flatnonzero(verdicts == 0)
    run = np.searchsorted(noes, yes)  # how many times it did not hold before: the same for all of one run
    begins = np.flatnonzero(np.diff(run, prepend=-1))
    apart = np.diff(times[yes], prepend=times[yes[0]])
    if rule.silence_s is not None:
        apart = np.where(apart > rule.silence_s, 0, apart)
    apart[begins] = 0
    lasted = np.cumsum(apart)
    held = lasted - np.repeat(lasted[begins], np.diff(np.append(begins, len(yes))))
    long_enough = np.flatnonzero(held >= rule.for_s)
    first = long_enough[np.flatnonzero(np.diff(run[long_enough], prepend=-1))]
    found = []
    for place in first.tolist():
        at = int(times[yes[place]])
        end = int(times[noes[run[place]]]) if run[place] < len(noes) else None
        found.append(Episode(at - int(held[place]), at, end))
    return found


def _judged(term: Term, past: Past) -> Verdicts:
    if isinstance(term, Offline):
        return _verdicts(past.lost, past.lost | _ever(past.read))
    if isinstance(term, Silence):
        return _silence(term, past)
    if isinstance(term, Fault):
        several = np.stack([_judged(report, past) for report in term.reports])
        verdicts: Verdicts = several.max(axis=0)
        return verdicts
    told = past.told.get(term.sensor)
    if told is None:
        return np.full(len(past.times), -1, np.int8)
    if isinstance(term, Threshold):
        return _threshold(term, told, past)
    if isinstance(term, Word):
        return _word(term, told, past)
    return _windowed(term, told, past)


def _threshold(term: Threshold, told: Told, past: Past) -> Verdicts:
    if told.words is not None:
        return np.full(len(past.times), -1, np.int8)
    values = _current(told, past, term.silence_s)
    limit: NDArray[np.float64] | float = term.limit
    if term.against is not None:
        other = past.told.get(term.against)
        if other is None or other.words is not None:
            return np.full(len(past.times), -1, np.int8)
        limit = _current(other, past, term.against_silence_s) + term.limit
    known = ~np.isnan(values) & ~np.isnan(limit)
    if term.above:
        begins, ends = values > limit, values <= limit - term.hysteresis
    else:
        begins, ends = values < limit, values >= limit + term.hysteresis
    turns = np.where(known & begins, 1, np.where(known & ends, 2, 0))
    last = _filled(turns != 0)
    return _verdicts((last >= 0) & (turns[last] == 1), known)


def _word(term: Word, told: Told, past: Past) -> Verdicts:
    values = _current(told, past, term.silence_s)
    known = ~np.isnan(values)
    distinct, places = np.unique(values[known], return_inverse=True)
    said = [word(each) if told.words is None else told.words.get(round(each), "") for each in distinct.tolist()]
    holds = np.zeros(len(values), np.bool_)
    holds[known] = np.array([(each in term.words) == term.among for each in said], np.bool_)[places]
    return _verdicts(holds, known)


def _windowed(term: Rate | Count, told: Told, past: Past) -> Verdicts:
    if told.words is not None:
        return np.full(len(past.times), -1, np.int8)
    there = np.flatnonzero(told.asked & ~np.isnan(told.values))
    if not len(there):
        return np.full(len(past.times), -1, np.int8)
    at, values = past.times[there], told.values[there]
    last = np.searchsorted(at, past.times, "right") - 1
    first = np.searchsorted(at, past.times - term.window_s, "left")
    known = (last >= 0) & (first <= last)
    first = np.minimum(first, last)
    known &= past.times - at[last] <= term.silence_s
    if isinstance(term, Count):
        counted = np.cumsum(np.maximum(np.diff(values, prepend=values[0]), 0))
        return _verdicts(counted[last] - counted[first] > term.most, known)
    known &= at[last] - at[first] >= term.window_s * LEAST_COVERED
    rise = values[last] - values[first]
    return _verdicts((rise if term.rises else -rise) > term.change, known)


def _silence(term: Silence, past: Past) -> Verdicts:
    if term.sensor is None:
        said, answers = past.read, np.ones(len(past.times), np.bool_)
    else:
        told = past.told.get(term.sensor)
        if told is None:
            return np.full(len(past.times), -1, np.int8)
        said, answers = told.asked & ~np.isnan(told.values), ~past.lost
    last = _filled(said)
    return _verdicts(past.times - past.times[last] > term.window_s, (last >= 0) & answers)


def _current(told: Told, past: Past, silence_s: int) -> NDArray[np.float64]:
    """What the sensor last said when it was asked, as long as that may be taken as true."""
    last = _filled(told.asked)
    fresh = (last >= 0) & (past.times - past.times[last] <= silence_s)
    return np.where(fresh, told.values[last], np.nan)


def _filled(flags: Flags) -> NDArray[np.int64]:
    """The last place so far where the flag was set; -1 before the first."""
    filled: NDArray[np.int64] = np.maximum.accumulate(np.where(flags, np.arange(len(flags)), -1))
    return filled


def _ever(flags: Flags) -> Flags:
    return np.logical_or.accumulate(flags)


def _verdicts(holds: Flags, known: Flags) -> Verdicts:
    return np.where(known, holds.astype(np.int8), np.int8(-1)).astype(np.int8)
