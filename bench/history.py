"""What history costs on disk and how fast it is read, beside a row per sample and VictoriaMetrics on the same samples.

BENCH_DAYS=90 measures more than the usual 30 days.
"""

from __future__ import annotations

import gc
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app import memory
from app.polling import pipeline
from app.polling.latest import Latest
from app.reading import Reading
from app.store import blocks, compaction, courses, heatpumps, readings, series
from app.store.database import Database
from app.store.heatpumps import HeatPump
from bench import generated, victoria
from bench.figures import Figure, percentile
from bench.generated import DAY_S, START, WORDS, Course
from bench.rows import RowTable, fill
from bench.victoria import VictoriaMetrics

HEAT_PUMPS = 4
DAYS = int(os.environ.get("BENCH_DAYS", "30"))
YEAR_DAYS = 365
MONTH_DAYS = 30
ROUNDS = 25
POLLS = 3000
"""Enough for the write-ahead log to be folded into the file some times."""


def measure() -> list[Figure]:
    memory.tune()  # as serving does
    with tempfile.TemporaryDirectory() as folder:
        return [*_kept(Path(folder) / "kept"), *_drawn(Path(folder) / "drawn"), *_stored(Path(folder) / "stored")]


def _kept(folder: Path) -> list[Figure]:
    """Bytes per sample of closed days, after merging, and of the others; the time to close a day."""
    database = _opened(folder)
    times = generated.regular(DAYS)
    samples = HEAT_PUMPS * generated.SENSORS * len(times)
    entropy = 0.0
    rows = RowTable(folder / "rows.db")
    with victoria.running(folder / "victoria") as other:
        for number in range(1, HEAT_PUMPS + 1):
            pump = generated.heat_pump(number, times)
            entropy += sum(_entropy_bytes(course.values) for course in pump)
            fill(database, f"hp-{number:03d}", times, pump)
            if number == 1:
                rows.fill(times, pump)
            if other is not None:
                _import(other, f"hp-{number:03d}", times, pump)
        names = ["temp_1", "temp_fine_41", "power_56"]
        seconds = [
            _close(database, f"hp-{1 + day % HEAT_PUMPS:03d}", day // HEAT_PUMPS)
            for day in range(HEAT_PUMPS * DAYS - 1)
        ]
        resident_mb = _resident_mb()
        last_day = START + (DAYS - 1) * DAY_S
        day_s = _median(lambda: _read(database, names, last_day - DAY_S // 2, last_day + DAY_S // 2, 1440))
        seconds.append(_close(database, f"hp-{HEAT_PUMPS:03d}", DAYS - 1))
        closed = _bytes(database) / samples
        for number in range(1, HEAT_PUMPS + 1):
            for month in range(START, START + DAYS * DAY_S, MONTH_DAYS * DAY_S):
                compaction.merge(database, f"hp-{number:03d}", month, month + MONTH_DAYS * DAY_S)
        grown = _resident_mb() - resident_mb
        merged = _bytes(database) / samples
        row_bytes = rows.bytes() / (samples / HEAT_PUMPS)
        figures = [
            Figure("entropy of the samples' differences", entropy / samples, "B"),
            Figure("bytes per sample, closed days with roll-ups", closed, "B", 0.45),
            Figure("bytes per sample, 30-day chunks with roll-ups", merged, "B", 0.37),
            Figure("bytes per sample, closed days / entropy", closed * samples / entropy, "x"),
            Figure("bytes per sample, 30-day chunks / entropy", merged * samples / entropy, "x"),
            Figure("bytes per sample, a row each", row_bytes, "B"),
            Figure("bytes per sample, 30-day chunks / a row each", merged / row_bytes, "x", 1 / 40),
            Figure("closing a day of one heat pump, median", percentile(seconds, 0.5) * 1000, "ms", 100),
            Figure("closing a day of one heat pump, p95", percentile(seconds, 0.95) * 1000, "ms"),
            Figure("memory grown by merging months", grown, "MB", 30),
            Figure("24 h x 3 series, each sample, half in rows", day_s * 1000, "ms"),
        ]
        if other is not None:
            other.settle()
            theirs = other.bytes() / samples
            their_day_s = _median(lambda: other.raw(names, last_day - DAY_S // 2, last_day + DAY_S // 2, 60))
            figures += [
                Figure("bytes per sample, VictoriaMetrics", theirs, "B"),
                Figure("bytes per sample, 30-day chunks / VictoriaMetrics", merged / theirs, "x", 1.0),
                Figure("24 h x 3 series, VictoriaMetrics", their_day_s * 1000, "ms"),
                Figure("24 h x 3 series / VictoriaMetrics", day_s / their_day_s, "x", 1.0),
            ]
    figures.append(_last_values(database))
    rows.close()
    database.close()
    return figures


def _drawn(folder: Path) -> list[Figure]:
    """A year of three series at a thousand points."""
    database = _opened(folder)
    times = generated.regular(YEAR_DAYS)
    three = [generated.heat_pump(1, times)[place] for place in (1, 41, 56)]
    names = [course.column.sensor for course in three]
    fill(database, "hp-001", times, three)
    for day in range(YEAR_DAYS):
        _close(database, "hp-001", day)
    for month in range(0, YEAR_DAYS - MONTH_DAYS, MONTH_DAYS):  # the last days are not merged yet
        compaction.merge(database, "hp-001", START + month * DAY_S, START + (month + MONTH_DAYS) * DAY_S)
    rows = RowTable(folder / "rows.db")
    rows.fill(times, three)
    end = START + YEAR_DAYS * DAY_S
    step_s = YEAR_DAYS * DAY_S // 1000
    edges = list(range(START, end + step_s, step_s))
    db = database.connection()

    def raw() -> object:
        return courses.bucketed(db, "hp-001", names, edges, START, end)

    def hourly() -> object:
        return _read(database, names, START, end, 1000)

    rows_s = _median(lambda: rows.buckets(3, START, end, step_s), rounds=3)
    with victoria.running(folder / "victoria") as other:
        if other is None:
            raw_s, hourly_s = _medians(raw, hourly)
            figures = []
        else:
            _import(other, "hp-001", times, three)
            other.settle()
            raw_s, hourly_s, theirs_s = _medians(raw, hourly, lambda: other.rollup(names, START, end, step_s))
            figures = [
                Figure("1 year x 3 series, VictoriaMetrics uncached", theirs_s * 1000, "ms"),
                Figure("1 year, raw / VictoriaMetrics", raw_s / theirs_s, "x", 0.5),
                Figure("1 year, roll-ups / VictoriaMetrics", hourly_s / theirs_s, "x", 0.2),
            ]
    figures += [
        Figure("1 year x 3 series to 1000 points, raw", raw_s * 1000, "ms"),
        Figure("1 year x 3 series to 1000 points, roll-ups", hourly_s * 1000, "ms"),
        Figure("1 year x 3 series to 1000 points, a row each", rows_s * 1000, "ms"),
        Figure("1 year, raw / a row each", raw_s / rows_s, "x", 1 / 30),
        Figure("1 year, roll-ups / a row each", hourly_s / rows_s, "x", 1 / 30),
    ]
    rows.close()
    database.close()
    return figures


def _stored(folder: Path) -> list[Figure]:
    """What one poll of 100 sensors costs while a month of history is there."""
    database = _opened(folder)
    times = generated.regular(MONTH_DAYS)
    pump = generated.heat_pump(1, times)
    fill(database, "hp-001", times, pump)
    rows = RowTable(folder / "rows.db")
    rows.fill(times, pump)
    columns = tuple(course.column for course in pump)
    table = [_python_values(course)[:POLLS] for course in pump]
    end = int(times[-1])
    cpu, written = [], _written_bytes()
    for number in range(POLLS):
        values = tuple(column[number] for column in table)
        begun = time.process_time()
        pipeline.keep(database, Reading("hp-001", end + 60 * (number + 1), columns, values))
        cpu.append(time.process_time() - begun)
    per_poll = (_written_bytes() - written) / POLLS
    written, few = _written_bytes(), POLLS // 10
    for number in range(few):
        rows.add(end + 60 * (number + 1), [course.values[number] for course in pump])
    row_per_poll = (_written_bytes() - written) / few
    rows.close()
    database.close()
    return [
        Figure("storing one poll of 100 sensors, CPU median", percentile(cpu, 0.5) * 1000, "ms", 1.0),
        Figure("written to disk per poll", per_poll / 1024, "KiB", 15),
        Figure("written to disk per poll, a row each", row_per_poll / 1024, "KiB"),
        Figure("written per poll / a row each", per_poll / row_per_poll, "x"),
    ]


def _opened(folder: Path) -> Database:
    folder.mkdir(parents=True)
    database = Database(folder / "monitor.db")
    with database.transaction() as db:
        for number in range(1, HEAT_PUMPS + 1):
            where = {"host": str(number), "port": 502, "unit_id": 1}
            heatpumps.put(db, HeatPump(f"hp-{number:03d}", str(number), "idm", "x", where, {}, True, 0, 0))
        for word in WORDS:
            db.execute("INSERT INTO texts (text) VALUES (?)", (word,))
    return database


def _python_values(course: Course) -> list[float | int | str]:
    if course.column.storage == "text":
        return [WORDS[int(value)] for value in course.values]
    return [int(value) for value in course.values] if course.column.storage == "1" else course.values.tolist()


def _import(other: VictoriaMetrics, heatpump_id: str, times: NDArray[np.int64], pump: Sequence[Course]) -> None:
    for course in pump:
        other.import_series(course.column.sensor, heatpump_id, times.tolist(), course.values.tolist())


def _close(database: Database, heatpump_id: str, day: int) -> float:
    begun = time.perf_counter()
    compaction.close(database, heatpump_id, START + day * DAY_S, START + (day + 1) * DAY_S)
    return time.perf_counter() - begun


def _read(database: Database, names: Sequence[str], start: int, end: int, points: int) -> series.Series:
    return series.read(database.connection(), "hp-001", names, start=start, end=end, points=points, shortest_step_s=60)


def _last_values(database: Database) -> Figure:
    latest = Latest()
    latest.load(database.connection())
    ids = [pump.id for pump in heatpumps.all_of_them(database.connection())]
    assert all(readings.latest(database.connection(), each) == latest.of(each) for each in ids)
    assert all(any(blocks.within(database.connection(), each, 0, 2**40)) for each in ids)
    return Figure("last values of everything", _median(lambda: [dict(latest.of(each)) for each in ids]) * 1000, "ms", 1)


def _entropy_bytes(values: NDArray[np.float64]) -> float:
    """The least that differences of some order take when each is coded by itself."""
    counts = np.rint(values * 100).astype(np.int64)
    found = []
    for _ in range(3):
        _, number = np.unique(counts, return_counts=True)
        share = number / number.sum()
        found.append(float(-(number * np.log2(share)).sum() / 8))
        counts = np.diff(counts)
    return min(found)


def _bytes(database: Database) -> int:
    """The file with everything in it folded together, without the room that rows left."""
    with closing(sqlite3.connect(database.path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = db.execute("PRAGMA page_count").fetchone()[0] - db.execute("PRAGMA freelist_count").fetchone()[0]
        size: int = pages * db.execute("PRAGMA page_size").fetchone()[0]
        return size


def _median(action: Callable[[], object], rounds: int = ROUNDS) -> float:
    return _medians(action, rounds=rounds)[0]


def _medians(*actions: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Seconds of each, taken in turn, so that what else this machine does meets all of them alike."""
    seconds: list[list[float]] = [[] for _ in actions]
    for action in actions:
        action()
    gc.collect()
    for _ in range(rounds):
        for action, found in zip(actions, seconds, strict=True):
            begun = time.perf_counter()
            action()
            found.append(time.perf_counter() - begun)
    return [percentile(found, 0.5) for found in seconds]


def _written_bytes() -> int:
    """All that this process wrote to files."""
    for line in Path("/proc/self/io").read_text(encoding="ascii").splitlines():
        if line.startswith("wchar:"):
            return int(line.split()[1])
    raise ValueError("no wchar")


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise ValueError("no VmRSS")
