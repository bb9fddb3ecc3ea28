"""How a heat pump behaves: how far it is known, its last anomaly score, and why that is high."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from app.analysis.detector.explanation import Contribution
from app.analysis.detector.learning import LEARNING_DAYS, Learning, Lived, State, learning
from app.store import detectors
from app.store.heatpumps import HeatPump
from app.system import System

SCORE = "anomaly_score"
HOUR_S = 3600


class _Seen(msgspec.Struct):
    machine: dict[str, str]
    lived: Lived


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`score` is that of the hour that ended at `judged_at` (UTC seconds); None before the first one.

    `reasons` are given while the score is at the alarm line, 1.0, or above. `exchanged`: what was learned belongs to
    another model, and is being learned anew.
    """

    learning: Learning
    score: float | None
    judged_at: int | None
    reasons: tuple[Contribution, ...]
    exchanged: bool


def of(system: System, pump: HeatPump) -> Behaviour:
    db = system.database.connection()
    kept = detectors.learned(db, pump.id)
    seen = None if kept is None else msgspec.json.decode(kept.lived, type=_Seen)
    exchanged = seen is not None and (seen.machine["manufacturer"], seen.machine["model"]) != (
        pump.manufacturer,
        pump.model,
    )
    last = system.latest.of(pump.id).get(SCORE)
    if seen is None or exchanged or last is None:
        return Behaviour(Learning(State.LEARNING, 0, LEARNING_DAYS, ()), None, None, (), exchanged)
    score = float(last.value) if isinstance(last.value, (int, float)) else None
    reasons: tuple[Contribution, ...] = ()
    newest = detectors.newest(db, pump.id) if score is not None and score >= 1 else None
    if newest is not None and newest.at == last.at // HOUR_S * HOUR_S:
        reasons = tuple(msgspec.json.decode(newest.told, type=list[Contribution]))
    return Behaviour(learning(seen.lived), score, last.at, reasons, exchanged)
