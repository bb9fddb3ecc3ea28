"""What the detector would have said week by week, had it watched all the time; no week knows what comes later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from app.analysis.behaviour import lessons, trail
from app.analysis.behaviour.lessons import DAY_S, Episode
from app.analysis.behaviour.minutes import HOUR_S, Minutes
from app.analysis.behaviour.trail import REMEMBERED_S
from app.analysis.behaviour.verdict import ALARM_LINE, Hour, Reason, verdicts
from app.analysis.detector.learning import Learning

PAUSE_S = 6 * HOUR_S


@dataclass(frozen=True, slots=True)
class Alarm:
    """since <= time < until (UTC seconds), with the reasons of its strongest hour."""

    since: int
    until: int
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """Begins at `at`; how far the heat pump was known by then, the largest score, and the alarms that began in it."""

    at: int
    known: Learning
    hours: int
    largest: float
    alarms: tuple[Alarm, ...]


def weeks(history: Minutes, machine: Mapping[str, str]) -> Iterator[Week]:
    """From the first whole day on, each week judged by a model of the time before it, without earlier alarms."""
    if not len(history):
        return
    first, last = int(history.recording.at[0]), int(history.recording.at[-1]) + 1
    found: list[Alarm] = []
    for now in range(-(-first // DAY_S) * DAY_S, last, lessons.REFIT_S):
        begun = len(found)
        start, end = lessons.span(now, first)
        episodes = [Episode(each.since, each.until, False, {}) for each in found]
        model = lessons.learned(history.between(start, end), machine, episodes)
        until = now + lessons.REFIT_S
        remembered = trail.begun(model.reading, history.between(now - REMEMBERED_S, until), until)
        hours = verdicts(model, remembered.table, now)
        for hour in hours:
            _add(found, hour)
        if hours:
            known = lessons.standing(model, now, end)
            yield Week(now, known, len(hours), max(hour.score for hour in hours), tuple(found[begun:]))


def _add(found: list[Alarm], hour: Hour) -> None:
    if hour.score < ALARM_LINE:
        return
    if not found or hour.at > found[-1].until + PAUSE_S:
        found.append(Alarm(hour.at, hour.at + HOUR_S, hour.score, hour.reasons))
        return
    found[-1] = replace(found[-1], until=hour.at + HOUR_S)
    if hour.score > found[-1].score:
        found[-1] = replace(found[-1], score=hour.score, reasons=hour.reasons)
