"""What the detector makes of the labelled recordings: recall, delay, false alarms, AUC, explanations, year turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.analysis.detector.explanation import contributions
from app.analysis.detector.fitting import fit
from app.analysis.detector.model import Model
from app.analysis.detector.recording import SENSORS, Recording, recording
from app.analysis.detector.scoring import Judged, judge
from bench.detection.conditions import Fault
from bench.detection.lives import Machine, Stream
from bench.detection.recording import COLUMNS

HOUR_S = 3600
WEEK_S = 7 * 86_400
LEAST_HOURS = 48
"""A week with fewer scored hours has no largest score."""


@dataclass(frozen=True, slots=True)
class Found:
    """One fault: largest score within seven days, hours to the alarm (None: missed), and whether it was explained.

    `already`: a false alarm was on when it began; only a further one counts as found.
    """

    machine: str
    fault: Fault
    score: float
    delay_h: float | None
    explained: bool
    already: bool
    top: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quiet:
    """A healthy stretch: its false alarms with what was said of each, its weeks, and the largest score of each."""

    machine: str
    alarms: tuple[tuple[str, ...], ...]
    weeks: float
    largest: tuple[float, ...]


def recorded(rows: NDArray[np.float64]) -> Recording:
    sensors = {name: rows[:, COLUMNS.index(name)] for name in SENSORS}
    return recording(rows[:, 0], rows[:, 1], sensors)[0]


def tried(machine: Machine) -> tuple[Quiet, list[Found]]:
    """Fit to the history, then score the healthy weeks and every fault."""
    model = fit(recorded(machine.history), {})
    return quiet(machine.name, model, machine.healthy), [_found(machine.name, model, one) for one in machine.faulty]


def quiet(name: str, model: Model, rows: NDArray[np.float64]) -> Quiet:
    judged = judge(model, recorded(rows))
    week = (judged.at - judged.at[0]) // WEEK_S
    largest = [float(judged.score[week == one].max()) for one in np.unique(week) if (week == one).sum() >= LEAST_HOURS]
    alarms = tuple(_named(judged, int(hour)) for hour in np.flatnonzero(_raised(judged)))
    return Quiet(name, alarms, float(judged.at[-1] - judged.at[0]) / WEEK_S, tuple(largest))


def _found(name: str, model: Model, stream: Stream) -> Found:
    """An alarm that was on before the fault, and stays, finds nothing."""
    judged, fault = judge(model, recorded(stream.rows)), stream.fault
    assert fault is not None
    told_at = judged.at + HOUR_S
    within = (told_at > stream.begins) & (told_at <= stream.begins + WEEK_S)
    hits = np.flatnonzero(within & _raised(judged))
    highest = int(np.flatnonzero(within)[judged.score[within].argmax()])
    hour = int(hits[0]) if len(hits) else highest
    top = _named(judged, hour)
    explained = any(touched in one for one in top for touched in fault.touched)
    delay = float(told_at[hour] - stream.begins) / HOUR_S if len(hits) else None
    already = bool(judged.score[np.flatnonzero(within)[0] - 1] >= 1)
    return Found(name, fault, float(judged.score[highest]), delay, explained, already, top)


def _raised(judged: Judged) -> NDArray[np.bool_]:
    alarm = judged.score >= 1
    raised: NDArray[np.bool_] = alarm & ~np.concatenate([[False], alarm[:-1]])
    return raised


def _named(judged: Judged, hour: int) -> tuple[str, ...]:
    return tuple(one.title for one in contributions(judged, hour))


def auc(faulty: Iterable[float], healthy: Iterable[float]) -> float:
    """The chance that a fault's largest score is above that of a healthy week."""
    one, other = np.array(list(faulty))[:, None], np.array(list(healthy))[None, :]
    return float(np.mean((one > other) + 0.5 * (one == other)))


def recall(found: Iterable[Found]) -> float:
    return float(np.mean([one.delay_h is not None for one in found]))


def median_delay_h(found: Iterable[Found]) -> float:
    delays = [one.delay_h for one in found if one.delay_h is not None]
    return float(np.median(delays)) if delays else float("nan")


def explained(found: Iterable[Found]) -> float:
    return float(np.mean([one.explained for one in found if one.delay_h is not None]))
