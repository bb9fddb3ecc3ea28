"""One heat pump's behaviour: learned from the samples that are kept of it, and judged hour by hour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context

import msgspec
import numpy as np

from app.analysis.columns import Samples
from app.analysis.detector import model_file
from app.analysis.detector.explanation import contributions
from app.analysis.detector.fitting import fit
from app.analysis.detector.forest import Forest, grow
from app.analysis.detector.hours import HOUR_S
from app.analysis.detector.learning import State, learning
from app.analysis.detector.model import Model
from app.analysis.detector.recording import Floats, Recording, joined
from app.analysis.detector.samples import READ, recording_of
from app.analysis.detector.scoring import Judged, judge
from app.calendar import DAY_S
from app.reading import Column, Reading
from app.store import detectors, readings
from app.store.database import Database
from app.store.detectors import Anomaly, Learned
from app.store.heatpumps import HeatPump

SCORE = "anomaly_score"
COLUMN = Column(SCORE, "", "0.001")
LEARNED_FROM_S = 90 * DAY_S
OLDER_THAN_S = 28 * DAY_S
"""What grows slowly must not be learned while it grows."""
ENOUGH_S = 30 * DAY_S
WARM_S = 10 * DAY_S
"""So far back the score of an hour remembers."""
REFIT_S, REFIT_EARLY_S = 7 * DAY_S, DAY_S
"""While it is learning, a day is much of what is known."""
PIECE_S = 10 * DAY_S


@dataclass(frozen=True, slots=True)
class Hour:
    """A judged hour: where it begins, its score, and JSON of what contributed (empty below the alarm line)."""

    at: int
    score: float
    told: str


def machine_of(pump: HeatPump) -> dict[str, str]:
    return {"device": pump.id, "manufacturer": pump.manufacturer, "model": pump.model}


def known(database: Database, pump: HeatPump, now: int) -> Model | None:
    """The model that is still good; None when it is to be learned (anew): old, of another machine or version."""
    kept = detectors.learned(database.connection(), pump.id)
    if kept is None:
        return None
    try:
        model = model_file.from_bytes(kept.model)
    except model_file.BadModel:
        return None
    good_for_s = REFIT_EARLY_S if learning(model.lived).state is State.LEARNING else REFIT_S
    fresh = kept.fitted_at <= now < kept.fitted_at + good_for_s
    return model if fresh and model.machine == machine_of(pump) else None


def learn(database: Database, pump: HeatPump, now: int) -> Model:
    """Learn from up to 90 days that are at least 28 days old; from all there are while those would be too few."""
    oldest = readings.first(database.connection(), pump.id)
    until = now - OLDER_THAN_S
    if oldest is None or until - oldest < ENOUGH_S:
        until = now // HOUR_S * HOUR_S
    begin = max(until - LEARNED_FROM_S, oldest if oldest is not None else until)
    history = recorded(database, pump.id, begin, until)
    alarmed = [anomaly.at for anomaly in detectors.anomalies(database.connection(), pump.id, begin, until)]
    model = fit(history, machine_of(pump), np.isin(history.at // HOUR_S * HOUR_S, alarmed), grown_elsewhere)
    seen = msgspec.json.encode({"machine": model.machine, "lived": model.lived}).decode()
    with database.transaction() as db:
        detectors.keep(db, pump.id, Learned(now, seen, model_file.to_bytes(model)))
    return model


def grown_elsewhere(rows: Floats) -> Forest:
    """Grow the forest in a process that ends: scikit-learn would stay in this one's memory for good (80 MB)."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(grow, rows).result()


def recorded(database: Database, heatpump_id: str, start: int, end: int) -> Recording:
    """Its samples in start <= time < end as the detector reads them; a piece at a time, to spare memory."""
    return joined([recording_of(piece) for piece in _pieces(database, heatpump_id, start, end)])


def _pieces(database: Database, heatpump_id: str, start: int, end: int) -> Iterator[Samples]:
    for begin in range(start, max(end, start + 1), PIECE_S):
        until = min(begin + PIECE_S, end)
        yield Samples.of(READ, readings.samples(database.connection(), heatpump_id, READ, begin, until))


def hours(database: Database, pump: HeatPump, model: Model, since: int, now: int) -> list[Hour]:
    """The hours that began at `since` or later and are over."""
    judged = judge(model, recorded(database, pump.id, since - WARM_S, now // HOUR_S * HOUR_S))
    return [_hour(judged, place) for place in np.flatnonzero(judged.at >= since).tolist()]


def _hour(judged: Judged, place: int) -> Hour:
    score = round(float(judged.score[place]), 3)
    told = [asdict(each) for each in contributions(judged, place)] if score >= 1 else []
    return Hour(int(judged.at[place]), score, msgspec.json.encode(told).decode())


def keep(database: Database, heatpump_id: str, judged: list[Hour], shown: Callable[[Reading], None]) -> None:
    """Keep the scores as a series, at the end of each hour, and of alarms why; `shown` gets the newest."""
    with database.transaction() as db:
        for hour in judged:
            reading = Reading(heatpump_id, hour.at + HOUR_S - 1, (COLUMN,), (hour.score,))
            at = reading.at
            while not readings.add(db, reading) and at > hour.at:  # a poll of the same second has its place already
                at -= 1
                reading = Reading(heatpump_id, at, (COLUMN,), (hour.score,))
            if hour.score >= 1:
                detectors.tell(db, heatpump_id, Anomaly(hour.at, hour.score, hour.told))
    if judged:
        shown(reading)
