"""A heat pump's history over any range as stretches, whether it lies in rows or in blocks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np

from app.store import blocks, chunk, rollup, timeline
from app.store.blocks import Block
from app.store.chunk import BadChunk
from app.store.counts import Counts
from app.store.floats import Floats, shortest_of_all
from app.store.integers import Integers
from app.store.layouts import Layout, Layouts
from app.store.packing import Step
from app.store.rollup import HourCounts
from app.store.timeline import Timeline

ROWS_AT_ONCE = 5000
"""Bounds the memory that rows take which are not closed yet."""


class Open:
    """Polls that are rows, at least one. Those that cannot be read are left out; `unreadable` holds their times."""

    raw = True

    def __init__(self, rows: Sequence[sqlite3.Row], layouts: Layouts) -> None:
        sizes = {layout_id: layout.packing.size for layout_id, layout in layouts.by_id.items()}
        good = [row for row in rows if sizes.get(row[1]) == len(row[2])]
        self.unreadable = sorted({row[0] for row in rows} - {row[0] for row in good})
        self.since: int = rows[0][0]
        self.until: int = rows[-1][0] + 1
        self.timeline = Timeline.of(
            np.array([at for at, _, _ in good], np.int64), np.array([layout_id for _, layout_id, _ in good], np.int64)
        )
        self._layouts = layouts
        self._packed = {
            layout_id: _matrix([samples for _, layout, samples in good if layout == layout_id])
            for layout_id in self.timeline.kinds
        }

    def column(self, series_id: int) -> Floats | None:
        whole = None
        for layout_id, packed in self._packed.items():
            layout = self._layouts.by_id[layout_id]
            place = layout.places.get(series_id)
            if place is None:
                continue
            values = _unpacked(packed, layout, place)
            if len(self._packed) == 1:
                return values
            if whole is None:
                whole = np.full(len(self.timeline.times), np.nan)
            whole[self.timeline.among([layout_id])] = values
        return whole

    def counts(self, series_id: int) -> Counts | None:
        return _counts(self.column(series_id))

    def hours(self, series_id: int, *, ends: bool) -> HourCounts | None:
        return None


class Closed:
    """A block. What is damaged in it raises BadChunk when it is asked for."""

    def __init__(self, db: sqlite3.Connection, block: Block, layouts: Layouts) -> None:
        self.block = block
        self.since, self.until, self.raw = block.since, block.until, block.times is not None
        self._db = db
        self._layouts = layouts
        self._timeline: Timeline | None = None

    @property
    def timeline(self) -> Timeline:
        if self._timeline is None:
            if self.block.times is None:
                raise BadChunk("only the hours are kept")
            self._timeline = timeline.unpack(self.block.times, self.block.polls)
        return self._timeline

    def column(self, series_id: int) -> Floats | None:
        places = self.timeline.among(self._layouts.holding(series_id))
        if places is not None and not len(places):
            return None
        packed = blocks.samples(self._db, self.block.id, series_id)
        if packed is None:
            raise BadChunk("it is missing")
        if places is None:
            return chunk.unpack(packed, self.block.polls)
        whole = np.full(self.block.polls, np.nan)
        whole[places] = chunk.unpack(packed, len(places))
        return whole

    def counts(self, series_id: int) -> Counts | None:
        if self.timeline.among(self._layouts.holding(series_id)) is None:
            packed = blocks.samples(self._db, self.block.id, series_id)
            if packed is not None:
                return chunk.unpack_counts(packed, self.block.polls)
        return _counts(self.column(series_id))

    def hours(self, series_id: int, *, ends: bool) -> HourCounts | None:
        packed = blocks.hours(self._db, self.block.id, series_id)
        return None if packed is None else rollup.unpack_counts(packed, ends=ends)


class Mended:
    """A block together with polls that came late for it. Of two in one second the block's stands."""

    raw = True

    def __init__(self, block: Closed, late: Open) -> None:
        self.since, self.until = block.since, block.until
        self.unreadable = late.unreadable
        self._parts: tuple[Closed, Open] = (block, late)
        times = np.concatenate([block.timeline.times, late.timeline.times])
        order = np.argsort(times, kind="stable")
        self._order = order[np.diff(times[order], prepend=-1) > 0]
        layouts = np.concatenate([block.timeline.layouts, late.timeline.layouts])
        self.timeline = Timeline.of(times[self._order], layouts[self._order])

    def column(self, series_id: int) -> Floats | None:
        block, late = self._parts
        held, came = block.column(series_id), late.column(series_id)
        if held is None and came is None:
            return None
        return np.concatenate([_or_nothing(held, block.timeline), _or_nothing(came, late.timeline)])[self._order]

    def counts(self, series_id: int) -> Counts | None:
        return _counts(self.column(series_id))

    def hours(self, series_id: int, *, ends: bool) -> HourCounts | None:
        return None


Stretch = Open | Closed | Mended
"""Consecutive polls, `since` <= time < `until` in UTC seconds; `raw` is False when only hours are kept.

Of a series that is not in this stretch `column`, `counts` and `hours` are None; a column has NaN where a poll has no
value, and its counts are computed as late as possible.
"""


def between(db: sqlite3.Connection, heatpump_id: str, layouts: Layouts, start: int, end: int) -> Iterator[Stretch]:
    """The history with start <= time < end in order of time; a block comes whole, even where the range cuts it.

    Polls that came late for a block of which only hours are kept, or whose times are damaged, come after it.
    """
    at = start
    for block in blocks.within(db, heatpump_id, start, end):
        yield from _opened(_rows(db, heatpump_id, at, block.since), layouts)
        at = max(at, block.until)
        closed = Closed(db, block, layouts)
        rows = _rows(db, heatpump_id, max(start, block.since), min(end, block.until)).fetchall()
        if not rows:
            yield closed
            continue
        late = Open(rows, layouts)
        try:
            yield Mended(closed, late)
        except BadChunk:
            yield closed
            yield late
    yield from _opened(_rows(db, heatpump_id, at, end), layouts)


def _rows(db: sqlite3.Connection, heatpump_id: str, start: int, end: int) -> sqlite3.Cursor:
    return db.execute(
        "SELECT at, layout_id, samples FROM polls WHERE heatpump_id = ? AND at >= ? AND at < ? ORDER BY at",
        (heatpump_id, start, end),
    )


def _opened(rows: sqlite3.Cursor, layouts: Layouts) -> Iterator[Open]:
    while some := rows.fetchmany(ROWS_AT_ONCE):
        yield Open(some, layouts)


def _counts(column: Floats | None) -> Counts | None:
    return None if column is None else Counts(column)


def _or_nothing(column: Floats | None, polls: Timeline) -> Floats:
    return np.full(len(polls.times), np.nan) if column is None else column


def _matrix(packed: list[bytes]) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.frombuffer(b"".join(packed), np.uint8).reshape(len(packed), -1)


def _unpacked(packed: np.ndarray[tuple[int, int], np.dtype[np.uint8]], layout: Layout, place: int) -> Floats:
    offset, kind = layout.packing.where(place)
    width = 8 if kind == "d" else 4
    cells = np.ascontiguousarray(packed[:, offset : offset + width])
    storage = layout.columns[place].storage
    if kind == "f":
        values = shortest_of_all(cells.view("<f4").ravel())
    elif kind == "d":
        values = cells.view("<f8").ravel().astype(np.float64)
    else:
        values = _stepped(cells.view("<i4").ravel().astype(np.int64), Step.of(storage))
    values[packed[:, place >> 3] >> (place & 7) & 1 == 0] = np.nan
    return values


def _stepped(counts: Integers, step: Step | None) -> Floats:
    """Step.value of each; whole divided by a power of ten is rounded once, as writing out its decimals is."""
    if step is None:
        return counts.astype(np.float64)
    power = 10**step.decimals
    values: Floats = counts * round(step.size * power) / power
    return values
