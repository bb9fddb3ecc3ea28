"""Laying down a whole past that comes by the column: closed blocks that never lay in rows, and the last day as rows."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.reading import Column
from app.store import blocks, chunk, layouts, rollup, texts, timeline
from app.store.blocks import Chunk
from app.store.floats import Floats
from app.store.integers import Integers
from app.store.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Course:
    """One column over all polls; NaN where there is none. Of a text, the places of its words in `words`."""

    column: Column
    values: Floats
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """Polls in order of time (UTC seconds), and which of `layouts` each has: the places of its columns."""

    times: Integers
    kinds: Integers
    layouts: tuple[tuple[int, ...], ...]
    courses: tuple[Course, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A block that only lacks the numbers of its database: since <= time < until. The chunks by the column's place."""

    since: int
    until: int
    times: Integers
    kinds: Integers
    chunks: dict[int, Chunk]
    texts: dict[int, Floats]


@dataclass(frozen=True, slots=True)
class Packed:
    """Everything of a past in its last form. `newest`: of each layout, when it was last polled, and what it said."""

    stretches: tuple[Stretch, ...]
    rest: Past
    newest: dict[int, tuple[int, list[float]]]


def pack(past: Past, edges: Sequence[int]) -> Packed:
    """Blocks from edge to edge, and what comes after the last one as it is. Needs no database."""
    borders = np.searchsorted(past.times, edges).tolist()
    stretches = [
        _stretch(past, (since, until), slice(begin, end))
        for (since, begin), (until, end) in zip(
            zip(edges, borders, strict=True), list(zip(edges, borders, strict=True))[1:], strict=False
        )
        if begin < end
    ]
    closed = borders[-1] if borders else 0
    newest = {}
    for kind, columns in enumerate(past.layouts):
        places = np.flatnonzero(past.kinds[:closed] == kind)
        if len(places):
            last = int(places[-1])
            newest[kind] = (int(past.times[last]), [float(past.courses[each].values[last]) for each in columns])
    rest = Past(past.times[closed:], past.kinds[closed:], past.layouts, _cut(past.courses, closed))
    return Packed(tuple(stretches), rest, newest)


def keep(db: sqlite3.Connection, heatpump_id: str, packed: Packed) -> None:
    """Lay it down for a heat pump that has no history in that time yet. Call it inside a transaction."""
    courses = packed.rest.courses
    columns = [course.column for course in courses]
    numbers = {
        layout: layouts.id_for(db, heatpump_id, [columns[place] for place in places])
        for layout, places in enumerate(packed.rest.layouts)
    }
    known = layouts.load(db, heatpump_id)
    series = {column: series_id for series_id, column in known.series.items()}
    words = {
        place: _numbers(db, course.words) for place, course in enumerate(courses) if course.column.storage == "text"
    }
    for stretch in packed.stretches:
        kinds = np.array([numbers[kind] for kind in range(len(numbers))], np.int64)[stretch.kinds]
        chunks = [Chunk(series[columns[place]], each.hours, each.samples) for place, each in stretch.chunks.items()]
        for place, values in stretch.texts.items():
            asked = _asked(stretch.kinds, packed.rest.layouts, place)
            chunks.append(
                _chunk(series[columns[place]], stretch.times[asked], _translated(values, words[place]), "text")
            )
        times = timeline.pack(Timeline.of(stretch.times, kinds))
        span = (stretch.since, stretch.until)
        blocks.add(db, heatpump_id, *span, len(stretch.times), times, sorted(chunks, key=lambda each: each.series_id))
    for kind, (at, said) in packed.newest.items():
        places = packed.rest.layouts[kind]
        content = [_number(value, words.get(place)) for place, value in zip(places, said, strict=True)]
        db.execute(
            "INSERT INTO last_polls (heatpump_id, layout_id, at, samples) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (heatpump_id, layout_id) DO UPDATE SET at = excluded.at, samples = excluded.samples"
            " WHERE excluded.at > last_polls.at",
            (heatpump_id, numbers[kind], at, known.by_id[numbers[kind]].packing.pack(content)),
        )
    _keep_rows(db, heatpump_id, packed.rest, numbers, words)


def _keep_rows(
    db: sqlite3.Connection, heatpump_id: str, rest: Past, numbers: dict[int, int], words: dict[int, list[int]]
) -> None:
    packings = {kind: layouts.load(db, heatpump_id).by_id[number].packing for kind, number in numbers.items()}
    lists = [course.values.tolist() for course in rest.courses]
    for row, (at, kind) in enumerate(zip(rest.times.tolist(), rest.kinds.tolist(), strict=True)):
        content = [_number(lists[place][row], words.get(place)) for place in rest.layouts[kind]]
        db.execute(
            "INSERT INTO polls (heatpump_id, at, layout_id, samples) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (heatpump_id, at, numbers[kind], packings[kind].pack(content)),
        )


def _stretch(past: Past, span: tuple[int, int], polls: slice) -> Stretch:
    times, kinds = past.times[polls], past.kinds[polls]
    chunks, texts = {}, {}
    for place, course in enumerate(past.courses):
        asked = _asked(kinds, past.layouts, place)
        if not len(asked):
            continue
        values = course.values[polls][asked]
        if course.column.storage == "text":
            texts[place] = values
        else:
            chunks[place] = _chunk(place, times[asked], values, course.column.storage)
    return Stretch(*span, times, kinds, chunks, texts)


def _asked(kinds: Integers, layouts_: Sequence[Sequence[int]], place: int) -> Integers:
    """The polls that asked for this column."""
    asking = [kind for kind, places in enumerate(layouts_) if place in places]
    return np.flatnonzero(np.isin(kinds, asking))


def _chunk(number: int, times: Integers, values: Floats, storage: str) -> Chunk:
    return Chunk(number, rollup.pack(rollup.of(times, values)), chunk.pack(values, storage))


def _cut(courses: Sequence[Course], begin: int) -> tuple[Course, ...]:
    return tuple(Course(each.column, each.values[begin:], each.words) for each in courses)


def _numbers(db: sqlite3.Connection, words: Sequence[str]) -> list[int]:
    return [texts.number_of(db, word) for word in words]


def _translated(values: Floats, numbers: Sequence[int]) -> Floats:
    known = ~np.isnan(values)
    translated = np.full(len(values), np.nan)
    if known.any():
        translated[known] = np.array(numbers, np.float64)[values[known].astype(np.int64)]
    return translated


def _number(value: float, words: Sequence[int] | None) -> float | int | None:
    if math.isnan(value):
        return None
    return value if words is None else words[int(value)]
