"""A score for each row of a stream: that of the last hour that was over when the row came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.analysis.detector.explanation import titles
from app.analysis.detector.hours import HOUR_S
from app.analysis.detector.recording import Floats, Recording
from app.analysis.detector.scoring import Judged

DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Rows:
    score: Floats
    alarm: NDArray[np.bool_]
    top: list[str]


def rows_of(judged: Judged, stream: Recording, place: NDArray[np.intp]) -> Rows:
    """`place` says for each row given which kept row was the newest by then (see `recording`)."""
    known = np.maximum(place, 0)
    hour = np.where(place >= 0, stream.at[known] // HOUR_S * HOUR_S, 0) if len(stream) else np.zeros(len(place), int)
    last = np.searchsorted(judged.at, hour, side="left") - 1
    over = last >= 0
    scores, named = np.round(judged.score, DECIMALS), titles(judged)
    score = np.where(over, scores[np.maximum(last, 0)], 0.0) if len(scores) else np.zeros(len(place))
    top = [named[one] if one >= 0 else "" for one in last.tolist()]
    return Rows(score, score >= 1.0, top)
