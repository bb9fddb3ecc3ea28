"""One heat pump's behaviour: learned from the samples that are kept of it, and judged hour by hour."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import msgspec

from app.analysis.behaviour import lessons, minutes, trail
from app.analysis.behaviour.lessons import Episode
from app.analysis.behaviour.minutes import HOUR_S, READ, Minutes
from app.analysis.behaviour.trail import REMEMBERED_S, Trail
from app.analysis.behaviour.verdict import ALARM_LINE, Hour, Reason, verdicts
from app.analysis.columns import Samples
from app.analysis.detector import model_file
from app.analysis.detector.forest import Forest
from app.analysis.detector.learning import Learning
from app.analysis.detector.model import Model
from app.analysis.detector.recording import Floats
from app.analysis.half_hour import LONGEST_HELD_S
from app.calendar import DAY_S
from app.polling.growing import Broken, grown_elsewhere
from app.reading import Column, Reading
from app.score import SCORE
from app.store import detectors, findings, readings
from app.store.database import Database
from app.store.detectors import Detector
from app.store.findings import Finding
from app.store.heatpumps import HeatPump

COLUMN = Column(SCORE, "", "0.001")
PIECE_S = 2 * DAY_S
"""So much history is read in one go: it costs memory, and a program that ends does not wait for more."""
PAUSE_S = 6 * HOUR_S
"""After a longer silence of the heat pump a new finding begins."""

Going = Callable[[], bool]
"""Asked between pieces; may wait a little, and says whether to go on."""


Growing = Callable[[Floats], Forest]


class Interrupted(Exception):
    """The program ends, or the process that was to help did; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, when it was learned, and from where to where (UTC seconds)."""

    model: Model
    fitted_at: int
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Known:
    """How far a heat pump is known, and the quantities that are judged."""

    learning: Learning
    quantities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Last:
    """The last hour that was judged: where it begins, its score, and what was new about it."""

    at: int
    score: float
    news: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """All hours before `until` that were not judged yet, and their scores as readings."""

    until: int
    hours: Sequence[Hour]
    scores: Sequence[Reading]


def machine_of(pump: HeatPump) -> dict[str, str]:
    return {"device": pump.id, "manufacturer": pump.manufacturer, "model": pump.model}


def known(database: Database, detector: Detector, pump: HeatPump, now: int) -> Learned | None:
    """What was learned; None when it is to be learned (anew)."""
    content = None if detector.fitted_at is None else detectors.content(database.connection(), pump.id)
    if detector.fitted_at is None or content is None:
        return None
    try:
        model = model_file.from_bytes(content)
    except model_file.BadModel:
        return None  # of another version of this program: its features have changed
    if dict(model.machine) != machine_of(pump) or lessons.due(model, detector.fitted_at, now):
        return None
    return Learned(model, detector.fitted_at, (detector.learned_from or 0, detector.learned_until or 0))


def learn(
    database: Database, pump: HeatPump, detector: Detector, now: int, going: Going, growing: Growing | None = None
) -> Learned:
    """Learn from the history and keep the model. Raises Interrupted."""
    db = database.connection()
    oldest = readings.first(db, pump.id)
    begins_at = max(detector.begins_at, now if oldest is None else oldest)
    start, end = lessons.span(now, begins_at)
    episodes = episodes_of(db, pump.id, start, now)
    history = [read(database, pump.id, start, end, going)]
    history += [read(database, pump.id, *each, going) for each in lessons.also(end, now, episodes)]
    try:
        grown = growing or partial(grown_elsewhere, going=going)
        model = lessons.learned(minutes.joined(history), machine_of(pump), episodes, grown)
    except Broken as error:
        raise Interrupted from error
    if not going():
        raise Interrupted
    learned = Learned(model, now, (start, end))
    with database.transaction() as writing:
        detectors.keep_model(writing, detector, now, (start, end), _told(learned), model_file.to_bytes(model))
    return learned


def known_of(detector: Detector) -> Known | None:
    """None while nothing was learned yet."""
    return None if detector.learned is None else msgspec.json.decode(detector.learned, type=Known)


def last_of_all(detector: Detector) -> Last | None:
    """None while nothing was judged yet."""
    return None if detector.last is None else msgspec.json.decode(detector.last, type=Last)


def due(learned: Learned, now: int) -> bool:
    """Whether it is to be learned again."""
    return lessons.due(learned.model, learned.fitted_at, now)


def episodes_of(db: sqlite3.Connection, heatpump_id: str, start: int, end: int) -> list[Episode]:
    """The findings of a time, oldest first, as they matter for learning."""
    found = []
    for each in reversed(findings.between(db, heatpump_id, start, end)):
        levels = {reason.name: reason.level for reason in reasons_of(each) if reason.level is not None}
        found.append(Episode(each.since, each.until, each.verdict == "not a fault", levels))
    return found


def reasons_of(finding: Finding) -> tuple[Reason, ...]:
    return msgspec.json.decode(finding.reasons, type=tuple[Reason, ...])


def read(database: Database, heatpump_id: str, start: int, end: int, going: Going = lambda: True) -> Minutes:
    """Its minutes in start <= time < end. Raises Interrupted."""
    pieces = []
    for begin, until in _pieces(start, end):
        if not going():
            raise Interrupted
        rows = readings.samples(database.connection(), heatpump_id, READ, begin - LONGEST_HELD_S, until)
        pieces.append(minutes.minutes_of(Samples.of(READ, rows), begin))
    return minutes.joined(pieces)


def _pieces(start: int, end: int) -> Iterator[tuple[int, int]]:
    for begin in range(start, end, PIECE_S):
        yield begin, min(begin + PIECE_S, end)


def followed(
    database: Database, pump: HeatPump, learned: Learned, before: Trail | None, until: int, going: Going
) -> Trail:
    """What must be remembered of the heat pump to judge the hours up to `until`. Raises Interrupted."""
    if before is None or before.reading != learned.model.reading or not until - REMEMBERED_S < before.until <= until:
        past = read(database, pump.id, until - REMEMBERED_S, until, going)
        return trail.begun(learned.model.reading, past, until)
    return trail.extended(before, read(database, pump.id, before.until, until, going), until)


def judged(learned: Learned, remembered: Trail, since: int) -> list[Hour]:
    return verdicts(learned.model, remembered.table, since)


def scored(heatpump_id: str, hours: Sequence[Hour], remembered: Trail) -> list[Reading]:
    """The scores as readings, each at a second of its hour at which the heat pump was not read."""
    return [
        Reading(heatpump_id, remembered.places.get(hour.at, hour.at + HOUR_S - 1), (COLUMN,), (round(hour.score, 3),))
        for hour in hours
    ]


def note(db: sqlite3.Connection, heatpump_id: str, hours: Sequence[Hour]) -> None:
    """Keep why hours were at the alarm line or above it; call it inside the transaction that keeps their scores."""
    open_one = findings.last(db, heatpump_id)
    for hour in hours:
        if hour.score < ALARM_LINE:
            continue
        reasons = msgspec.json.encode(hour.reasons).decode()
        if open_one is None or hour.at > open_one.until + PAUSE_S:
            findings.add(db, heatpump_id, hour.at, hour.at + HOUR_S, hour.score, reasons)
            open_one = findings.last(db, heatpump_id)
            continue
        findings.go_on(db, open_one.id, hour.at + HOUR_S)
        open_one = replace(open_one, until=hour.at + HOUR_S)
        if open_one.score is None or hour.score > open_one.score:
            findings.become_stronger(db, open_one.id, hour.score, reasons)
            open_one = replace(open_one, score=hour.score)


def last_of(hours: Sequence[Hour]) -> str | None:
    """The last of these hours as JSON; None when there is none."""
    if not hours:
        return None
    return msgspec.json.encode(Last(hours[-1].at, hours[-1].score, hours[-1].news)).decode()


def _told(learned: Learned) -> str:
    model = learned.model
    quantities = () if model.known is None else tuple(model.known.expectations)
    return msgspec.json.encode(Known(lessons.standing(model, learned.fitted_at, learned.span[1]), quantities)).decode()
