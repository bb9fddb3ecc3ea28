"""Reading the history by the column: every sample of a range, or its buckets."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import repeat

import numpy as np

from app.messages import Message
from app.reading import Column, Value
from app.store import layouts, stretches, texts
from app.store.buckets import Buckets, Edges
from app.store.chunk import BadChunk
from app.store.course import Course
from app.store.floats import Floats
from app.store.layouts import Layouts
from app.store.packing import Step
from app.store.rollup import HOUR_S, HourCounts
from app.store.stretches import Stretch

log = logging.getLogger(__name__)


def samples(
    db: sqlite3.Connection,
    heatpump_id: str,
    sensors: Sequence[str],
    start: int,
    end: int,
    on_damage: Callable[[Message], None] | None,
) -> Iterator[tuple[int, list[Value]]]:
    """See readings.samples."""
    known = layouts.load(db, heatpump_id)
    words = texts.by_id(db)
    wanted = [known.of_sensor(sensor) for sensor in sensors]
    asking = [layout_id for ids in wanted for series_id in ids for layout_id in known.holding(series_id)]
    tell = on_damage or _log
    for stretch in stretches.between(db, heatpump_id, known, start, end):
        if not stretch.raw:
            continue
        try:
            times, asked = stretch.timeline.times, np.isin(stretch.timeline.layouts, asking)
        except BadChunk as error:
            tell(_damage(heatpump_id, stretch, None, error))
            continue
        chosen = np.flatnonzero(asked & (times >= start) & (times < end))
        columns = []
        for ids in wanted:
            found: Iterator[Value] = repeat(None)
            for series_id in ids:
                column = _column(heatpump_id, stretch, series_id, known, tell)
                if column is not None:
                    found = _either(_values(column[chosen], known.series[series_id], words), found)
            columns.append(found)
        for at, *values in zip(times[chosen].tolist(), *columns, strict=False):
            yield at, values


def bucketed(
    db: sqlite3.Connection,
    heatpump_id: str,
    sensors: Sequence[str],
    edges: Sequence[int],
    start: int,
    end: int,
    *,
    ends: bool = False,
) -> tuple[list[Course], list[Message]]:
    """One course per sensor over start <= time < end, and what was left out because it is damaged.

    Of a sensor whose unit changed, only what has the newest unit: a chart has one axis. Hourly roll-ups are used
    where every edge lies on a whole hour. First and last of each bucket only if `ends`.
    """
    known = layouts.load(db, heatpump_id)
    words = texts.by_id(db)
    bounds = np.array(edges, np.int64)
    hourly = not (bounds % HOUR_S).any()
    wanted = [_of_newest_unit(known, sensor) for sensor in sensors]
    cutting = Edges(bounds)
    buckets = [Buckets(cutting.number, ends or _worded(known, ids)) for ids in wanted]
    problems: list[Message] = []

    def tell(problem: Message) -> None:
        _log(problem)
        problems.append(problem)

    for stretch in stretches.between(db, heatpump_id, known, start, end):
        for ids, bucket in zip(wanted, buckets, strict=True):
            for series_id in ids:
                try:
                    _fill(bucket, cutting, stretch, series_id, start, end, hourly)
                except BadChunk as error:
                    tell(_damage(heatpump_id, stretch, known.series[series_id].sensor, error))
    courses = [
        _course(sensor, bucket, [known.series[series_id] for series_id in ids], words)
        for sensor, bucket, ids in zip(sensors, buckets, wanted, strict=True)
    ]
    return courses, problems


def _of_newest_unit(known: Layouts, sensor: str) -> list[int]:
    ids = known.of_sensor(sensor)
    return [series_id for series_id in ids if known.series[series_id].unit == known.series[ids[-1]].unit]


def _worded(known: Layouts, series_ids: list[int]) -> bool:
    """Whether they are texts, of which a bucket has the last."""
    return any(known.series[series_id].storage == "text" for series_id in series_ids)


def _fill(bucket: Buckets, edges: Edges, stretch: Stretch, series_id: int, start: int, end: int, hourly: bool) -> None:
    hours = stretch.hours(series_id, ends=bucket.ends) if hourly or not stretch.raw else None
    if not stretch.raw:
        if hours is not None:
            _add_hours(bucket, edges, hours.between(start, end + HOUR_S - 1))
        return
    if hours is None:
        _add(bucket, edges, stretch, series_id, start, end)
        return
    # only what the range cuts off from an hour needs the samples
    first, last = -(-start // HOUR_S) * HOUR_S, end // HOUR_S * HOUR_S
    if start < first and stretch.since < first:
        _add(bucket, edges, stretch, series_id, start, min(first, end))
    if first < last:
        _add_hours(bucket, edges, hours.between(first, last))
    if max(first, last) < end and stretch.until > last:
        _add(bucket, edges, stretch, series_id, max(first, last), end)


def _add_hours(bucket: Buckets, edges: Edges, hours: HourCounts) -> None:
    bucket.add_hours(edges.cuts(hours.starts), hours)


def _add(bucket: Buckets, edges: Edges, stretch: Stretch, series_id: int, start: int, end: int) -> None:
    counts = stretch.counts(series_id)
    if counts is None:
        return
    times = stretch.timeline.times
    if not (start <= stretch.since and stretch.until <= end):
        begin, stop = np.searchsorted(times, [start, end]).tolist()
        times, counts = times[begin:stop], counts.between(begin, stop)
    bucket.add(edges.cuts(times), counts)


def _column(
    heatpump_id: str, stretch: Stretch, series_id: int, known: Layouts, tell: Callable[[Message], None]
) -> Floats | None:
    try:
        return stretch.column(series_id)
    except BadChunk as error:
        tell(_damage(heatpump_id, stretch, known.series[series_id].sensor, error))
        return None


def _course(sensor: str, bucket: Buckets, columns: list[Column], words: dict[int, str]) -> Course:
    nothing = bucket.count == 0
    if not columns or columns[-1].storage == "text":
        empty: list[None] = [None] * len(nothing)
        said = _words(_listed(bucket.last, nothing, True), words)
        return Course(sensor, [*empty], [*empty], [*empty], said, [*empty], [*empty])
    whole = all(_whole(column) for column in columns)
    return Course(
        sensor,
        _listed(bucket.low, nothing, whole),
        _listed(bucket.mean(), nothing, False),
        _listed(bucket.high, nothing, whole),
        [None] * len(nothing),
        _listed(bucket.first, nothing | np.isnan(bucket.first), whole) if bucket.ends else [],
        _listed(bucket.last, nothing, whole) if bucket.ends else [],
    )


def _values(column: Floats, kind: Column, words: dict[int, str]) -> Iterator[Value]:
    numbers = _listed(column, np.isnan(column), kind.storage == "text" or _whole(kind))
    return iter(_words(numbers, words) if kind.storage == "text" else numbers)


def _words(numbers: list[float | None], words: dict[int, str]) -> list[str | None]:
    return [None if number is None else words.get(int(number)) for number in numbers]


def _whole(column: Column) -> bool:
    step = Step.of(column.storage)
    return step is not None and step.decimals == 0


def _listed(values: Floats, nothing: np.ndarray[tuple[int], np.dtype[np.bool_]], whole: bool) -> list[float | None]:
    listed: list[float | None] = values.tolist()
    for place in np.flatnonzero(nothing).tolist():
        listed[place] = None
    return [None if each is None else int(each) for each in listed] if whole else listed


def _either(newer: Iterator[Value], older: Iterator[Value]) -> Iterator[Value]:
    return (one if one is not None else other for one, other in zip(newer, older, strict=False))


def _damage(heatpump_id: str, stretch: Stretch, sensor: str | None, error: BadChunk) -> Message:
    facts = {
        "heatpump": heatpump_id,
        "since": _utc(stretch.since),
        "until": _utc(stretch.until),
        "reason": str(error),
    }
    if sensor is None:
        return Message("%(heatpump)s: what was kept from %(since)s to %(until)s is damaged: %(reason)s", facts)
    return Message(
        "%(heatpump)s: what was kept of %(sensor)s from %(since)s to %(until)s is damaged: %(reason)s",
        facts | {"sensor": sensor},
    )


def _utc(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(sep=" ", timespec="seconds")


def _log(problem: Message) -> None:
    log.warning("%s", problem)
