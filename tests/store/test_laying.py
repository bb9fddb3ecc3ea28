"""A past that comes by the column is read afterwards as if it had been polled and closed day by day."""

import math

import numpy as np
import pytest

from app.reading import Column, Reading
from app.store import compaction, heatpumps, laying, readings, series
from app.store.database import Database
from app.store.laying import Course, Past
from tests.store.closer import T0

DAY = 86_400
WORDS = ("off", "heating", "hot_water")
COLUMNS = (
    Column("temp_flow", "°C", "float32"),
    Column("operating_mode", "", "text"),
    Column("energy_heat_total", "kWh", "0.1"),
    Column("temp_target", "°C", "0.5"),
)
SENSORS = [column.sensor for column in COLUMNS]


def past() -> Past:
    times = np.arange(T0 + 300, T0 + 3 * DAY - 300, 300, dtype=np.int64)
    draw = np.random.default_rng(4)
    flow = np.round(30 + draw.normal(0, 3, len(times)), 2)
    flow[100:110] = np.nan
    mode = np.floor(draw.uniform(0, 3, len(times)))
    mode[5] = np.nan
    heat = np.round(np.cumsum(draw.uniform(0, 0.4, len(times))), 1)
    target = np.full(len(times), 50.5)
    kinds = np.where(np.arange(len(times)) % 12 == 0, 0, 1).astype(np.int64)
    courses = (
        Course(COLUMNS[0], flow),
        Course(COLUMNS[1], mode, WORDS),
        Course(COLUMNS[2], heat),
        Course(COLUMNS[3], target),
    )
    return Past(times, kinds, ((0, 1, 2, 3), (0, 1, 2)), courses)


def polled(past: Past) -> list[Reading]:
    rows = []
    for row, (at, kind) in enumerate(zip(past.times.tolist(), past.kinds.tolist(), strict=True)):
        chosen = [past.courses[place] for place in past.layouts[kind]]
        values = [None if math.isnan(each.values[row]) else float(each.values[row]) for each in chosen]
        said = [
            each.words[int(value)] if each.words and value is not None else value
            for each, value in zip(chosen, values, strict=True)
        ]
        rows.append(Reading("hp-001", at, tuple(each.column for each in chosen), tuple(said)))
    return rows


@pytest.fixture
def two(tmp_path):
    """One database with the past laid down, and one in which every poll was kept and the days were closed."""
    laid, kept = Database(tmp_path / "laid.db"), Database(tmp_path / "kept.db")
    pump = heatpumps.HeatPump("hp-001", "Haus", "idm", "navigator_2_0", {"host": "a", "port": 1}, {}, True, 0, 0)
    for database in (laid, kept):
        with database.transaction() as db:
            heatpumps.put(db, pump)
    edges = [T0, T0 + DAY, T0 + 2 * DAY]
    with laid.transaction() as db:
        laying.keep(db, "hp-001", laying.pack(past(), edges))
    with kept.transaction() as db:
        for reading in polled(past()):
            readings.add(db, reading)
    for day in range(2):
        compaction.close(kept, "hp-001", T0 + day * DAY, T0 + (day + 1) * DAY)
    yield laid, kept
    laid.close()
    kept.close()


def test_every_sample_comes_back(two):
    found = [list(readings.samples(each.connection(), "hp-001", SENSORS, 0, 2**40)) for each in two]
    assert len(found[0]) == len(past().times)
    assert found[0] == found[1]


def test_courses_and_last_values_are_the_same(two):
    read = [
        series.read(each.connection(), "hp-001", SENSORS, start=T0, end=T0 + 3 * DAY, points=50, shortest_step_s=30)
        for each in two
    ]
    assert read[0] == read[1]
    latest = [readings.latest(each.connection(), "hp-001") for each in two]
    assert latest[0] == latest[1]
    assert set(latest[0]) == set(SENSORS)


def test_blocks_and_rows_lie_as_the_upkeep_would_have_left_them(two):
    for query in ("SELECT since, until, polls FROM blocks", "SELECT at, length(samples) FROM polls"):
        laid, kept = (each.connection().execute(query).fetchall() for each in two)
        assert [tuple(row) for row in laid] == [tuple(row) for row in kept]


def test_a_past_of_a_few_polls_stays_in_rows(tmp_path):
    database = Database(tmp_path / "laid.db")
    pump = heatpumps.HeatPump("hp-001", "Haus", "idm", "navigator_2_0", {"host": "a", "port": 1}, {}, True, 0, 0)
    with database.transaction() as db:
        heatpumps.put(db, pump)
        laying.keep(db, "hp-001", laying.pack(past(), []))
    assert database.connection().execute("SELECT count(*) FROM polls").fetchone()[0] == len(past().times)
    assert database.connection().execute("SELECT count(*) FROM blocks").fetchone()[0] == 0
    database.close()
