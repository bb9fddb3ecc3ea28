"""The detector on the history that is kept: what it would have said, had it been there all the time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.analysis.detector.explanation import contributions
from app.analysis.detector.fitting import learned
from app.analysis.detector.hours import hours_of
from app.analysis.detector.model import Model
from app.analysis.detector.recording import Recording
from app.analysis.detector.scoring import judged_hours
from app.analysis.detector.signs import coarse_sensors, signs_of
from app.analysis.detector.steady import course, reading_of
from app.calendar import DAY_S
from app.polling import detecting
from app.services import heatpumps
from app.store import readings
from app.store.heatpumps import HeatPump
from app.system import System

WEEK_S = 7 * DAY_S
FIRST_LEARNED_S = 30 * DAY_S


@dataclass(frozen=True, slots=True)
class Week:
    """A week (its beginning, UTC seconds), the largest score in it, and its alarms: hour and what contributed."""

    at: int
    largest: float
    alarms: tuple[tuple[int, tuple[str, ...]], ...]


def weeks(system: System, heatpump_id: str) -> Iterator[Week]:
    """Week by week from the thirtieth day on, each judged by a model of the time before. Raises NotFound."""
    pump = heatpumps.get(system, heatpump_id)
    first = readings.first(system.database.connection(), pump.id)
    if first is None:
        return
    history = detecting.recorded(system.database, pump.id, first, int(system.clock()))
    if len(history):
        yield from _judged(history, pump)


def _judged(history: Recording, pump: HeatPump) -> Iterator[Week]:
    reading = reading_of(history)
    happened = course(history, reading)
    hours, signs, coarse = hours_of(history, happened), signs_of(history, happened), coarse_sensors(history)
    first, last = int(history.at[0]), int(history.at[-1])

    def model_at(now: int) -> Model:
        until = now - detecting.OLDER_THAN_S if now - detecting.OLDER_THAN_S - first >= detecting.ENOUGH_S else now
        past = hours.between(until - detecting.LEARNED_FROM_S, until)
        usable = np.ones(len(past), dtype=bool)
        plain = signs.between(until - detecting.LEARNED_FROM_S, until)
        return learned(past, plain, usable, detecting.machine_of(pump), reading, coarse)

    for now in range(first + FIRST_LEARNED_S, last, WEEK_S):
        begin, end = now - detecting.WARM_S, now + WEEK_S
        judged = judged_hours(model_at(now), hours.between(begin, end), signs.between(begin, end))
        here = judged.at >= now
        if not here.any():
            continue
        alarm = judged.score >= 1
        raised = np.flatnonzero(alarm & here & ~np.concatenate([[False], alarm[:-1]])).tolist()
        alarms = tuple(
            (int(judged.at[one]), tuple(each.title for each in contributions(judged, one))) for one in raised
        )
        yield Week(now, float(judged.score[here].max()), alarms)
