"""From the hours of a heat pump and what was learned of it to scores that rules can read, and why they are so high."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from app.analysis.behaviour.table import OWN_LIMITS, Table
from app.analysis.detector.explanation import contributions
from app.analysis.detector.learning import LEARNING_DAYS, RECORD_COLD, RECORD_WARM, new_range
from app.analysis.detector.model import Model
from app.analysis.detector.recording import Floats
from app.analysis.detector.scoring import Judged, judged_hours
from app.analysis.detector.signs import FIRST_LIMITS

ALARM_LINE = 1.0
UNDER_THE_LINE = 0.99
"""The most that a heat pump's score is in an operating range that is new to it: shown, but no alarm."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One contribution to a score. `value` and `expected` are None for a plain sign, which has a `level` instead.

    `since` is when it became unusual (UTC seconds); `outside` (°C) and `hz` are those of the hour.
    """

    name: str
    title: str
    value: float | None
    expected: float | None
    unit: str
    since: int
    level: float | None = None
    outside: float | None = None
    hz: float | None = None


@dataclass(frozen=True, slots=True)
class Hour:
    """A judged hour: where it begins, its score, what was new about it, and the strongest reasons of an alarm."""

    at: int
    score: float
    news: tuple[str, ...]
    reasons: tuple[Reason, ...]


def watching(model: Model) -> Model:
    """What counts of a model: while it knows less than 30 days, plain signs alone, and no sharper than on the first."""
    if model.lived.days >= LEARNING_DAYS:
        return replace(model, signs={**model.signs, **_own(model)})
    first = {name: max(limit, model.signs.get(name, limit)) for name, limit in FIRST_LIMITS.items()}
    implausible = {name: limit for name, limit in model.signs.items() if name.startswith("implausible:")}
    return replace(model, known=None, signs={**first, **implausible, **_own(model)})


def _own(model: Model) -> dict[str, float]:
    return {name: max(limit, model.signs.get(name, limit)) for name, limit in OWN_LIMITS.items()}


def verdicts(model: Model, table: Table, since: int) -> list[Hour]:
    """The hours of the table that begin at `since` or later."""
    watched = watching(model)
    judged = judged_hours(watched, table.hours, table.signs)
    news = _news(watched, table)
    score = _without_news(watched, table, judged.score, news)
    return [_hour(judged, table, score, news, place) for place in np.flatnonzero(judged.at >= since).tolist()]


def _news(model: Model, table: Table) -> list[tuple[str, ...]]:
    """What is new about each hour; without an outdoor temperature it is as cold or warm as in the hour before."""
    if model.known is None:
        return [()] * len(table.hours)
    news = new_range(model.lived, table.hours)
    for hour in np.flatnonzero(~np.isfinite(table.hours.columns["outside"])).tolist():
        records = [each for each in news[hour - 1] if each in (RECORD_COLD, RECORD_WARM)] if hour > 0 else []
        news[hour] = (*news[hour], *records)
    return news


def _without_news(model: Model, table: Table, score: Floats, news: Sequence[tuple[str, ...]]) -> Floats:
    if not any(news):
        return score
    plain = judged_hours(replace(model, known=None), table.hours, table.signs).score
    lowered = np.maximum(plain, np.minimum(score, UNDER_THE_LINE))
    return np.where([bool(each) for each in news], lowered, score)


def _hour(judged: Judged, table: Table, score: Floats, news: Sequence[tuple[str, ...]], place: int) -> Hour:
    reasons = _reasons(judged, table, place) if score[place] >= ALARM_LINE else ()
    return Hour(int(judged.at[place]), round(float(score[place]), 4), news[place], reasons)


def _reasons(judged: Judged, table: Table, place: int) -> tuple[Reason, ...]:
    columns = table.hours.columns
    outside = _last(columns["outside"], place)
    hz = _last(np.fmax(columns["hz_heating"], columns["hz_hot_water"]), place)
    found = []
    for each in contributions(judged, place):
        level = table.signs.levels.get(each.name)
        found.append(
            Reason(
                each.name,
                each.title,
                each.value,
                each.expected,
                each.unit,
                each.since,
                None if level is None else float(level[place]),
                outside,
                None if hz is None else math.exp(hz),
            )
        )
    return tuple(found)


def _last(column: Floats, place: int) -> float | None:
    """The value of this hour or of one not long before it."""
    recent = column[max(0, place - 3) : place + 1]
    known = recent[np.isfinite(recent)]
    return float(known[-1]) if len(known) else None
