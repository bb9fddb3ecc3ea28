"""Closing a stretch of a heat pump's history: its rows and blocks become one block, and nothing is lost or doubled."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.calendar import DAY_S
from app.store import blocks, chunk, days, floats, layouts, rollup, stretches, timeline
from app.store.blocks import Chunk
from app.store.chunk import BadChunk
from app.store.database import Database, steady
from app.store.floats import Floats
from app.store.integers import Integers
from app.store.layouts import Layouts
from app.store.rollup import Hours
from app.store.stretches import Closed, Stretch
from app.store.timeline import Timeline

MOST_ATTEMPTS = 5
FORGOTTEN_AFTER_S = 90 * 86400
"""A layout that was not polled for so long before the newest poll says nothing about now."""


class Interrupted(Exception):
    """The program ends; nothing was changed."""


class CannotClose(Exception):
    """This stretch stays as it is; the message says why."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A block ready to be written, and what it was made of."""

    heatpump_id: str
    since: int
    until: int
    polls: int
    times: bytes | None
    chunks: tuple[Chunk, ...]
    rows: int
    unreadable: tuple[int, ...]
    """Times of rows that are damaged; they stay where they are."""
    old_blocks: tuple[int, ...]


def close(
    database: Database, heatpump_id: str, since: int, until: int, go_on: Callable[[], bool] = lambda: True
) -> Prepared | None:
    """Make one block of since <= time < until, grown by the blocks that reach into it; None when there is no row.

    The write lock is held only to write, so polls go on. Decoded again and compared before anything is removed.
    Raises CannotClose, Interrupted, or sqlite3.Error with everything as it was.
    """
    for _ in range(MOST_ATTEMPTS):
        with steady(database.connection()):
            prepared = _prepare(database.connection(), heatpump_id, since, until, go_on)
        if prepared is None:
            return None
        with database.transaction() as db:
            if _write(db, prepared):
                return prepared
    raise CannotClose(f"{heatpump_id}: somebody else keeps changing it")


def merge(
    database: Database, heatpump_id: str, since: int, until: int, go_on: Callable[[], bool] = lambda: True
) -> Prepared | None:
    """Make one block of all blocks that lie wholly in since <= time < until; None when that changes nothing.

    Blocks of which only hours are kept are not put together with others.
    """
    found = [
        block
        for block in blocks.within(database.connection(), heatpump_id, since, until)
        if block.since >= since and block.until <= until
    ]
    if len(found) < 2 or len({block.times is None for block in found}) > 1:
        return None
    return close(database, heatpump_id, found[0].since, found[-1].until, go_on)


def _prepare(
    db: sqlite3.Connection, heatpump_id: str, since: int, until: int, go_on: Callable[[], bool]
) -> Prepared | None:
    old = blocks.within(db, heatpump_id, since, until)
    since, until = min([since, *(block.since for block in old)]), max([until, *(block.until for block in old)])
    rows = _rows(db, heatpump_id, since, until)
    known = layouts.load(db, heatpump_id)
    parts: list[Stretch] = list(stretches.between(db, heatpump_id, known, since, until))
    unreadable = tuple(at for part in parts if not isinstance(part, Closed) for at in part.unreadable)
    if len(old) < 2 and rows == len(unreadable):
        return None
    try:
        if all(part.raw for part in parts):
            joined = _joined(parts)
            times = _packed(joined)
            polls = len(joined.times)
            chunks = _chunks(parts, joined, known, go_on)
        else:
            times, polls = None, sum(_polls(part) for part in parts)
            chunks = _hours_only(db, parts, known, go_on)
    except BadChunk as error:
        raise CannotClose(f"{heatpump_id}: something kept from {since} to {until} is damaged: {error}") from error
    return Prepared(heatpump_id, since, until, polls, times, chunks, rows, unreadable, tuple(block.id for block in old))


def _joined(parts: Sequence[Stretch]) -> Timeline:
    return Timeline.of(
        np.concatenate([part.timeline.times for part in parts]),
        np.concatenate([part.timeline.layouts for part in parts]),
    )


def _packed(joined: Timeline) -> bytes:
    packed = timeline.pack(joined)
    kept = timeline.unpack(packed, len(joined.times))
    if not (np.array_equal(kept.times, joined.times) and np.array_equal(kept.layouts, joined.layouts)):
        raise CannotClose(f"the times from {joined.times[0]} on would not come back as they are")
    return packed


def _chunks(parts: Sequence[Stretch], joined: Timeline, known: Layouts, go_on: Callable[[], bool]) -> tuple[Chunk, ...]:
    used = [known.by_id[layout_id] for layout_id in joined.kinds]
    chunks = []
    for series_id in sorted({series_id for layout in used for series_id in layout.places}):
        if not go_on():
            raise Interrupted
        columns = [_column(part, series_id) for part in parts]
        values, times = np.concatenate(columns), joined.times
        asked = joined.among(known.holding(series_id))
        if asked is not None:
            values, times = values[asked], times[asked]
        chunks.append(_chunk(series_id, times, values, known.series[series_id].storage))
    return tuple(chunks)


def _chunk(series_id: int, times: Integers, values: Floats, storage: str) -> Chunk:
    packed = chunk.pack(values, storage)
    hours = rollup.of(times, values)
    packed_hours = rollup.pack(hours)
    kept = rollup.unpack(packed_hours)
    whole = (
        floats.same(kept.low, hours.low) and floats.same(kept.high, hours.high) and floats.same(kept.last, hours.last)
    )
    if not whole or not floats.same(chunk.unpack(packed, len(values)), values):
        raise CannotClose(f"series {series_id} would not come back as it is")
    return Chunk(series_id, packed_hours, packed)


def _hours_only(
    db: sqlite3.Connection, parts: Sequence[Stretch], known: Layouts, go_on: Callable[[], bool]
) -> tuple[Chunk, ...]:
    held: set[int] = set()
    for part in parts:
        if isinstance(part, Closed):
            held.update(blocks.series_of(db, part.block.id))
        else:
            held.update(*(known.by_id[layout_id].places for layout_id in part.timeline.kinds))
    chunks = []
    for series_id in sorted(held):
        if not go_on():
            raise Interrupted
        hours = [found for part in parts if (found := _hours(part, series_id)) is not None]
        chunks.append(Chunk(series_id, rollup.pack(rollup.joined(hours)), None))
    return tuple(chunks)


def _hours(part: Stretch, series_id: int) -> Hours | None:
    hours = part.hours(series_id, ends=True)
    if hours is not None or not part.raw:
        return None if hours is None else hours.values()
    values = part.column(series_id)
    return None if values is None else rollup.of(part.timeline.times, values)


def _column(part: Stretch, series_id: int) -> Floats:
    column = part.column(series_id)
    return np.full(len(part.timeline.times), np.nan) if column is None else column


def _polls(part: Stretch) -> int:
    return part.block.polls if isinstance(part, Closed) else len(part.timeline.times)


def _rows(db: sqlite3.Connection, heatpump_id: str, since: int, until: int) -> int:
    number: int = db.execute(
        "SELECT count(*) FROM polls WHERE heatpump_id = ? AND at >= ? AND at < ?", (heatpump_id, since, until)
    ).fetchone()[0]
    return number


def _write(db: sqlite3.Connection, prepared: Prepared) -> bool:
    """Put the block in the place of its rows and blocks; False when they have changed meanwhile."""
    span = (prepared.heatpump_id, prepared.since, prepared.until)
    now = tuple(block.id for block in blocks.within(db, *span))
    if now != prepared.old_blocks or _rows(db, *span) != prepared.rows:
        return False
    if prepared.rows:
        oldest, newest = db.execute(
            "SELECT min(at), max(at) FROM polls WHERE heatpump_id = ? AND at >= ? AND at < ?", span
        ).fetchone()
        days.forget(db, prepared.heatpump_id, oldest, newest + DAY_S)  # counters reach into the day after
    unreadable = json.dumps(prepared.unreadable)
    db.execute(
        "INSERT INTO last_polls (heatpump_id, layout_id, at, samples)"
        " SELECT heatpump_id, layout_id, max(at), samples FROM polls"
        " WHERE heatpump_id = ? AND at >= ? AND at < ? AND at NOT IN (SELECT value FROM json_each(?))"
        " GROUP BY layout_id"
        " ON CONFLICT (heatpump_id, layout_id) DO UPDATE SET at = excluded.at, samples = excluded.samples"
        " WHERE excluded.at > last_polls.at",
        (*span, unreadable),
    )
    db.execute(
        "DELETE FROM last_polls WHERE heatpump_id = ?1"
        " AND at < (SELECT max(at) FROM last_polls WHERE heatpump_id = ?1) - ?2",
        (prepared.heatpump_id, FORGOTTEN_AFTER_S),
    )
    db.execute(
        "DELETE FROM polls WHERE heatpump_id = ? AND at >= ? AND at < ? AND at NOT IN (SELECT value FROM json_each(?))",
        (*span, unreadable),
    )
    blocks.remove(db, prepared.old_blocks)
    blocks.add(db, *span, prepared.polls, prepared.times, prepared.chunks)
    return True
