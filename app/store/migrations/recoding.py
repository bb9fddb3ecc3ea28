"""Blocks that the first programs of version 1 packed can be read again.

Nothing in a block says how its differences are written. But what is kept twice tells: hours that follow from the
samples, and times that ascend within the block, come out of one way of reading only.
"""

from __future__ import annotations

import logging
import sqlite3

import numpy as np

from app.store import layouts, rollup
from app.store.blocks import Block
from app.store.chunk import BadChunk
from app.store.layouts import Layouts
from app.store.migrations import zigzag
from app.store.rollup import HOUR_S, Hours
from app.store.stretches import Closed

log = logging.getLogger(__name__)


def run(db: sqlite3.Connection) -> None:
    """Say every block anew that only makes sense in the first way; one that makes sense in neither stays as it is."""
    pumps = [heatpump_id for (heatpump_id,) in db.execute("SELECT id FROM heatpumps ORDER BY id").fetchall()]
    for heatpump_id in pumps:
        known = layouts.load(db, heatpump_id)
        for block in _blocks(db, heatpump_id):
            if not _makes_sense(db, block, known) and not _said_anew(db, block, known):
                log.warning("%s: what was kept from %d to %d is damaged", heatpump_id, block.since, block.until)


def _said_anew(db: sqlite3.Connection, block: Block, known: Layouts) -> bool:
    db.execute("SAVEPOINT block")
    try:
        if block.times is not None:
            db.execute("UPDATE blocks SET times = ? WHERE id = ?", (zigzag.times(block.times), block.id))
        rows = db.execute("SELECT series_id, hours, samples FROM chunks WHERE block_id = ?", (block.id,)).fetchall()
        for series_id, hours, samples in rows:
            anew = (zigzag.hours(hours), None if samples is None else zigzag.samples(samples))
            db.execute(
                "UPDATE chunks SET hours = ?, samples = ? WHERE block_id = ? AND series_id = ?",
                (*anew, block.id, series_id),
            )
        (now,) = (each for each in _blocks(db, block.heatpump_id) if each.id == block.id)
        good = _makes_sense(db, now, known)
    except BadChunk:
        good = False
    if not good:
        db.execute("ROLLBACK TO block")
    db.execute("RELEASE block")
    return good


def _makes_sense(db: sqlite3.Connection, block: Block, known: Layouts) -> bool:
    closed = Closed(db, block, known)
    series = [row[0] for row in db.execute("SELECT series_id FROM chunks WHERE block_id = ?", (block.id,)).fetchall()]
    try:
        if closed.raw and not _ascending(closed.timeline.times, block.since, block.until):
            return False
        return all(_hours_fit(closed, series_id) for series_id in series)
    except (BadChunk, IndexError, ValueError, OverflowError):
        return False  # read in the wrong way, bytes can be anything


def _hours_fit(closed: Closed, series_id: int) -> bool:
    found = closed.hours(series_id, ends=True)
    if found is None:
        return False
    hours = found.values()
    if len(hours.starts) and not _ascending(hours.starts, closed.since - HOUR_S, closed.until):
        return False
    if not closed.raw:
        return bool((hours.count > 0).all() and (hours.low <= hours.high).all())
    column = closed.column(series_id)
    return column is None or _same(hours, rollup.of(closed.timeline.times, column))


def _same(one: Hours, other: Hours) -> bool:
    return (
        np.array_equal(one.starts, other.starts)
        and np.array_equal(one.count, other.count)
        and np.allclose(one.low, other.low)
        and np.allclose(one.high, other.high)
    )


def _ascending(times: np.typing.NDArray[np.int64], since: int, until: int) -> bool:
    return bool((np.diff(times) > 0).all() and times[0] >= since and times[-1] < until)


def _blocks(db: sqlite3.Connection, heatpump_id: str) -> list[Block]:
    rows = db.execute(
        "SELECT id, heatpump_id, since, until, polls, times FROM blocks WHERE heatpump_id = ?", (heatpump_id,)
    )
    return [Block(*row) for row in rows]
