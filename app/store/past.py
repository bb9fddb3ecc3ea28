"""The history by the column, as arrays: what each poll said, and what it asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.store import layouts, stretches, texts
from app.store.chunk import BadChunk
from app.store.database import steady
from app.store.floats import Floats
from app.store.layouts import Layouts
from app.store.stretches import Stretch


@dataclass(frozen=True, slots=True)
class Told:
    """One sensor, one entry per poll: NaN where it had no value; `asked`: whether the poll asked for it at all.

    `words`: what the numbers of a text sensor stand for; None for numbers.
    """

    values: Floats
    asked: NDArray[np.bool_]
    words: Mapping[int, str] | None


def read(
    db: sqlite3.Connection, heatpump_id: str, sensors: Sequence[str], start: int, end: int
) -> tuple[NDArray[np.int64], dict[str, Told], int]:
    """The times of all polls in start <= time < end, what each sensor said, and how many stretches are damaged.

    Only samples count: days of which only hours are kept, and damaged ones, are left out. A sensor whose way of
    storing changed between text and number is taken as it is now.
    """
    with steady(db):
        known = layouts.load(db, heatpump_id)
        wanted = {sensor: _of_one_kind(known, sensor) for sensor in sensors}
        times: list[NDArray[np.int64]] = []
        columns: dict[str, list[tuple[Floats, NDArray[np.bool_]]]] = {sensor: [] for sensor in sensors}
        damaged = 0
        for stretch in stretches.between(db, heatpump_id, known, start, end):
            if not stretch.raw:
                continue
            try:
                found = _stretch(stretch, known, wanted, start, end)
            except BadChunk:
                damaged += 1
                continue
            times.append(found[0])
            for sensor, column in found[1].items():
                columns[sensor].append(column)
        words = texts.by_id(db)
    told = {sensor: _told(parts, known, wanted[sensor], words) for sensor, parts in columns.items()}
    return (np.concatenate(times) if times else np.zeros(0, np.int64)), told, damaged


def _stretch(
    stretch: Stretch, known: Layouts, wanted: Mapping[str, list[int]], start: int, end: int
) -> tuple[NDArray[np.int64], dict[str, tuple[Floats, NDArray[np.bool_]]]]:
    times, asking = stretch.timeline.times, stretch.timeline.layouts
    begin, stop = np.searchsorted(times, [start, end]).tolist()
    columns = {}
    for sensor, ids in wanted.items():
        values = np.full(len(times), np.nan)
        for series_id in ids:  # the newest last: it stands where both have a value
            column = stretch.column(series_id)
            if column is not None:
                values = np.where(np.isnan(column), values, column)
        asked = np.isin(asking, [layout for series_id in ids for layout in known.holding(series_id)])
        columns[sensor] = (values[begin:stop], asked[begin:stop])
    return times[begin:stop].astype(np.int64), columns


def _of_one_kind(known: Layouts, sensor: str) -> list[int]:
    ids = known.of_sensor(sensor)
    if not ids:
        return []
    worded = known.series[ids[-1]].storage == "text"
    return [series_id for series_id in ids if (known.series[series_id].storage == "text") == worded]


def _told(
    parts: Sequence[tuple[Floats, NDArray[np.bool_]]], known: Layouts, ids: Sequence[int], words: Mapping[int, str]
) -> Told:
    worded = bool(ids) and known.series[ids[-1]].storage == "text"
    if not parts:
        return Told(np.zeros(0), np.zeros(0, np.bool_), words if worded else None)
    values, asked = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Told(values, asked, words if worded else None)
