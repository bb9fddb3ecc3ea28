"""Closing days and merging months: what is read afterwards is what was kept."""

import multiprocessing
import random
import shutil
import sqlite3
import threading
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from app import calendar
from app.reading import Column, Reading
from app.store import blocks, compaction, heatpumps, readings, series
from app.store.database import Database
from tests.disk import full_disk
from tests.history import polls_kept
from tests.store.closer import T0, close_everything
from tests.store.history import FAST, SENSORS, everything, keep, polls

DAY = 86400


def rows(database):
    return database.connection().execute("SELECT count(*) FROM polls").fetchone()[0]


def spans(database):
    return [(block.since, block.until) for block in blocks.within(database.connection(), "hp-001", 0, 2**40)]


def close_days(database, number, start=T0):
    for day in range(number):
        compaction.close(database, "hp-001", start + day * DAY, start + (day + 1) * DAY)


def courses(database, start, end, points):
    found = series.read(
        database.connection(), "hp-001", SENSORS, start=start, end=end, points=points, shortest_step_s=30, ends=True
    )
    assert found.problems == []
    return [
        (course.sensor, course.low, rounded(course.mean), course.high, course.text, course.last)
        for course in found.courses
    ]


def rounded(means):
    """Sums of hours differ from sums of samples in the last bit."""
    return [None if mean is None else round(mean, 5) for mean in means]


RANGES = [
    (T0, T0 + 3 * DAY, 1000), (T0, T0 + 3 * DAY, 30), (T0 + 1234, T0 + 2 * DAY + 4321, 40),
    (T0 - DAY, T0 + 9 * DAY, 7), (T0 + 100, T0 + 9 * DAY, 9),
    (T0 + 5000, T0 + 5100, 10), (T0 + DAY - 30, T0 + DAY + 30, 2), (T0 + 3600, T0 + 7200, 1),
]  # fmt: skip


def test_closed_days_and_merged_months_read_as_rows_do(database, pump):
    keep(database, polls(1, T0, T0 + 3 * DAY + 7000))
    db = database.connection()
    before, seen = everything(database), [courses(database, *each) for each in RANGES]
    latest = readings.latest(db, pump.id)
    count = polls_kept(db, pump.id)

    def unchanged():
        assert everything(database) == before
        assert [courses(database, *each) for each in RANGES] == seen
        assert readings.latest(db, pump.id) == latest
        assert polls_kept(db, pump.id) == count

    close_days(database, 3)
    assert len(spans(database)) == 3
    assert 0 < rows(database) < 120
    unchanged()
    compaction.merge(database, "hp-001", T0 - DAY, T0 + 5 * DAY)
    assert spans(database) == [(T0, T0 + 3 * DAY)]
    unchanged()
    compaction.close(database, "hp-001", T0 + 3 * DAY, T0 + 4 * DAY)
    assert rows(database) == 0
    unchanged()
    assert everything(database, T0 + 1000, T0 + DAY + 5) == [
        row for row in before if T0 + 1000 <= row[0] < T0 + DAY + 5
    ]


def test_closing_again_changes_nothing(database, pump):
    keep(database, polls(2, T0, T0 + DAY))
    assert compaction.close(database, "hp-001", T0, T0 + DAY) is not None
    file = database.connection().execute("SELECT group_concat(hex(samples)) FROM chunks").fetchone()[0]
    assert compaction.close(database, "hp-001", T0, T0 + DAY) is None
    assert compaction.merge(database, "hp-001", T0, T0 + DAY) is None
    assert database.connection().execute("SELECT group_concat(hex(samples)) FROM chunks").fetchone()[0] == file


def test_a_day_without_samples_is_no_block(database, pump):
    assert compaction.close(database, "hp-001", T0, T0 + DAY) is None
    assert spans(database) == []


def test_the_last_values_are_found_after_a_restart_although_nothing_is_left_in_rows(tmp_path, database, pump):
    keep(database, polls(3, T0, T0 + DAY))
    latest = readings.latest(database.connection(), pump.id)
    close_days(database, 1)
    reopened = Database(tmp_path / "monitor.db")
    assert rows(reopened) == 0
    assert readings.latest(reopened.connection(), pump.id) == latest
    assert {"temp_hot_water_target", "operating_mode"} <= set(latest)
    reopened.close()


def test_readings_that_come_late_for_a_closed_day_are_seen_at_once_and_go_into_its_block(database, pump):
    every = polls(4, T0, T0 + 2 * DAY)
    keep(database, every)
    before, seen = everything(database), [courses(database, *each) for each in RANGES]
    database.connection().execute("DELETE FROM polls")
    late = set(random.Random(5).sample(range(len(every)), 200))
    keep(database, [reading for place, reading in enumerate(every) if place not in late])
    close_days(database, 2)
    keep(database, [every[place] for place in sorted(late)])
    assert everything(database) == before
    assert [courses(database, *each) for each in RANGES] == seen
    close_days(database, 2)
    assert rows(database) == 0
    assert everything(database) == before
    assert [courses(database, *each) for each in RANGES] == seen


def test_of_two_readings_of_one_second_the_first_stands_also_when_its_day_is_closed(database, pump):
    first = Reading("hp-001", T0 + 60, FAST, (1.5, *[None] * 7))
    keep(database, [first])
    close_days(database, 1)
    keep(database, [Reading("hp-001", T0 + 60, FAST, (9.5, *[None] * 7))])
    assert [row[1][0] for row in everything(database)] == [1.5]
    close_days(database, 1)
    assert [row[1][0] for row in everything(database)] == [1.5]
    assert rows(database) == 0


def test_a_late_reading_opens_a_merged_month_and_no_other(database, pump):
    every = polls(6, T0, T0 + 4 * DAY)
    keep(database, every[:-1])
    close_days(database, 4)
    compaction.merge(database, "hp-001", T0, T0 + 2 * DAY)
    compaction.merge(database, "hp-001", T0 + 2 * DAY, T0 + 4 * DAY)
    keep(database, every[-1:])
    compaction.close(database, "hp-001", T0 + 3 * DAY, T0 + 4 * DAY)
    assert spans(database) == [(T0, T0 + 2 * DAY), (T0 + 2 * DAY, T0 + 4 * DAY)]
    assert [row[0] for row in everything(database)] == sorted({reading.at for reading in every})


def test_another_time_zone_later_neither_loses_nor_doubles(database, pump):
    keep(database, polls(7, T0, T0 + 3 * DAY))
    before = everything(database)
    close_days(database, 1)
    close_days(database, 3, start=T0 - 5 * 3600)
    assert everything(database) == before
    found = spans(database)
    assert all(earlier[1] <= later[0] for earlier, later in pairwise(found))


@pytest.mark.parametrize("day", ["2024-03-31", "2024-10-27"])
def test_the_days_on_which_clocks_change_are_whole(database, pump, day):
    zone = ZoneInfo("Europe/Berlin")
    noon = int(datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC).timestamp())
    begin, end = calendar.begin(noon, "day", zone), calendar.end(noon, "day", zone)
    keep(database, [Reading("hp-001", at, FAST[:1], (float(at - begin),)) for at in range(begin - 600, end + 600, 60)])
    whole = {"start": begin - 600, "end": end + 600, "unit": "day", "zone": zone}
    rows_say = series.read_calendar(database.connection(), "hp-001", ["temp_flow"], **whole)
    compaction.close(database, "hp-001", begin, end)
    blocks_say = series.read_calendar(database.connection(), "hp-001", ["temp_flow"], **whole)
    assert rows_say == blocks_say
    course = blocks_say.courses[0]
    assert course.low == [-600.0, 0.0, float(end - begin)]
    assert course.high == [-60.0, float(end - begin - 60), float(end - begin + 540)]
    assert course.first == course.low
    assert course.last == course.high
    assert (end - begin) // 3600 in (23, 25)


def test_months_in_a_zone_of_half_an_hour_are_exact(database, pump):
    zone = ZoneInfo("Asia/Kolkata")
    begin = calendar.begin(T0, "month", zone)
    keep(
        database, [Reading("hp-001", at, FAST[:1], (float(at - begin),)) for at in range(begin - 900, begin + 900, 60)]
    )
    compaction.close(database, "hp-001", begin - 900, begin + 900)
    found = series.read_calendar(
        database.connection(), "hp-001", ["temp_flow"], start=begin - 900, end=begin + 900, unit="month", zone=zone
    )
    assert found.courses[0].high == [-60.0, 840.0]


def test_a_sensor_that_changes_its_unit_or_vanishes_loses_nothing(database, pump):
    watts, kilowatts = Column("power", "W", "1"), Column("power", "kW", "float32")
    keep(database, [Reading("hp-001", T0 + at, (watts, *FAST[:1]), (at, 1.0)) for at in range(0, 600, 60)])
    keep(database, [Reading("hp-001", T0 + at, (kilowatts,), (at / 1000,)) for at in range(600, 1200, 60)])
    before = everything(database, sensors=["power", "temp_flow"])
    assert [row[1][0] for row in before] == [*range(0, 600, 60), *(at / 1000 for at in range(600, 1200, 60))]
    close_days(database, 1)
    assert everything(database, sensors=["power", "temp_flow"]) == before
    found = series.read(
        database.connection(), "hp-001", ["power"], start=T0, end=T0 + 1200, points=2, shortest_step_s=60
    )
    assert found.courses[0].high == [None, 1.14]


def test_only_polls_that_asked_for_a_sensor_are_given(database, pump):
    keep(database, polls(8, T0, T0 + DAY))
    asked = everything(database, sensors=["system_mode"])
    close_days(database, 1)
    assert everything(database, sensors=["system_mode"]) == asked
    assert 100 < len(asked) < 150


def test_nan_and_infinity_are_never_kept_and_take_nothing_with_them(database, pump):
    keep(
        database,
        [Reading("hp-001", T0, FAST, (float("nan"), float("inf"), float("-inf"), 1.5, 7, 2.5, "heating", None))],
    )
    for _ in range(2):
        assert everything(database, sensors=[column.sensor for column in FAST])[0][1] == [
            None, None, None, 1.5, 7, 2.5, "heating", None,
        ]  # fmt: skip
        close_days(database, 1)


def spoil(database, sensor, column="samples"):
    db = database.connection()
    db.execute(
        f"UPDATE chunks SET {column} = zeroblob(length({column})) WHERE series_id IN"
        " (SELECT id FROM series WHERE sensor = ?) AND block_id = (SELECT min(id) FROM blocks)",
        (sensor,),
    )


@pytest.mark.parametrize("points", [1000, 10])
def test_a_damaged_chunk_is_told_and_the_rest_is_served(database, pump, caplog, points):
    keep(database, polls(9, T0, T0 + 2 * DAY))
    close_days(database, 2)
    whole = series.read(
        database.connection(), "hp-001", SENSORS, start=T0, end=T0 + 2 * DAY, points=points, shortest_step_s=30
    )
    spoil(database, "temp_flow", "samples" if points == 1000 else "hours")
    found = series.read(
        database.connection(), "hp-001", SENSORS, start=T0, end=T0 + 2 * DAY, points=points, shortest_step_s=30
    )
    half = len(found.times) // 2
    assert found.courses[1:] == whole.courses[1:]
    assert set(found.courses[0].mean[: half - 1]) == {None}
    assert found.courses[0].mean[half + 1 :] == whole.courses[0].mean[half + 1 :]
    assert [problem.facts["sensor"] for problem in found.problems] == ["temp_flow"]
    assert "temp_flow from 2023-11-15 00:00:00+00:00" in caplog.text


def test_damage_does_not_stop_an_export_and_is_not_merged_away(database, pump):
    keep(database, polls(10, T0, T0 + 2 * DAY))
    close_days(database, 2)
    before = everything(database)
    spoil(database, "temp_flow")
    told = []
    kept = list(readings.samples(database.connection(), "hp-001", SENSORS, T0, T0 + 2 * DAY, told.append))
    assert [row[1:] for _, row in kept] == [row[1][1:] for row in before]
    assert len(told) == 1
    with pytest.raises(compaction.CannotClose, match="damaged"):
        compaction.merge(database, "hp-001", T0, T0 + 2 * DAY)
    assert len(spans(database)) == 2


def test_a_late_reading_for_a_damaged_block_stays_and_is_seen(database, pump):
    keep(database, polls(11, T0, T0 + DAY))
    close_days(database, 1)
    database.connection().execute("UPDATE blocks SET times = zeroblob(30)")
    keep(database, [Reading("hp-001", T0 + 61, FAST[:1], (12.5,))])
    with pytest.raises(compaction.CannotClose):
        close_days(database, 1)
    assert [row[:2] for row in everything(database, sensors=["temp_flow"])] == [(T0 + 61, [12.5])]


def test_a_damaged_row_stays_and_takes_nothing_with_it(database, pump):
    keep(database, polls(12, T0, T0 + DAY))
    before = everything(database)
    database.connection().execute("UPDATE polls SET samples = x'0102' WHERE at = ?", (before[5][0],))
    for _ in range(2):
        assert everything(database) == before[:5] + before[6:]
        close_days(database, 1)
        assert rows(database) == 1
    assert compaction.close(database, "hp-001", T0, T0 + DAY) is None


@pytest.mark.parametrize("bytes_left", [1000, 20_000, 70_000])
def test_a_full_disk_leaves_everything_as_it_was(database, pump, bytes_left):
    keep(database, polls(13, T0, T0 + DAY))
    before = everything(database)
    database.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with full_disk(bytes_left), pytest.raises(sqlite3.OperationalError, match=r"disk"):
        close_days(database, 1)
    assert spans(database) == []
    assert everything(database) == before
    close_days(database, 1)
    assert len(spans(database)) == 1
    assert everything(database) == before


def test_a_file_that_cannot_be_written_is_still_read(tmp_path, database, pump):
    keep(database, polls(14, T0, T0 + 2 * DAY))
    close_days(database, 1)
    before = everything(database)
    db = database.connection()
    db.execute("PRAGMA query_only = ON")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        compaction.close(database, "hp-001", T0 + DAY, T0 + 2 * DAY)
    assert everything(database) == before


def test_polls_go_on_while_days_are_closed_and_none_is_lost(database, pump):
    every = polls(15, T0, T0 + 2 * DAY)
    keep(database, every[::2])
    late = every[1::2]

    def poll():
        for reading in late:
            with database.transaction() as db:
                readings.add(db, reading)
        database.connection().close()

    polling = threading.Thread(target=poll)
    polling.start()
    while polling.is_alive():
        for day in range(2):
            try:
                compaction.close(database, "hp-001", T0 + day * DAY, T0 + (day + 1) * DAY)
            except compaction.CannotClose:  # the other side is faster than any heat pump
                continue
    polling.join()
    close_days(database, 2)
    assert rows(database) == 0
    assert [row[0] for row in everything(database)] == sorted({reading.at for reading in every})


def test_two_that_close_the_same_day_at_once_make_one_block(database, pump):
    keep(database, polls(16, T0, T0 + 2 * DAY))
    before = everything(database)
    closing = [threading.Thread(target=close_days, args=(database, 2)) for _ in range(4)]
    for each in closing:
        each.start()
    for each in closing:
        each.join()
    assert len(spans(database)) == 2
    assert everything(database) == before


def test_an_interrupted_closing_changes_nothing(database, pump):
    keep(database, polls(17, T0, T0 + DAY))
    before, answers = everything(database), iter([True, True, False])
    with pytest.raises(compaction.Interrupted):
        compaction.close(database, "hp-001", T0, T0 + DAY, go_on=lambda: next(answers))
    assert spans(database) == []
    assert everything(database) == before


def test_removing_a_heat_pump_takes_its_blocks(database, pump):
    keep(database, polls(18, T0, T0 + DAY))
    close_days(database, 1)
    with database.transaction() as db:
        heatpumps.remove(db, pump.id)
    for table in ("blocks", "chunks", "last_polls", "series", "layouts"):
        assert database.connection().execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0


def test_killed_at_any_moment_nothing_is_lost_or_doubled(tmp_path, database, pump):
    keep(database, polls(19, T0, T0 + 4 * DAY, step_s=120))
    before = everything(database)
    database.close()
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(["tests.store.closer", "app.store.courses"])
    source, states = random.Random(1), set()
    for attempt in range(30):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        shutil.copy(tmp_path / "monitor.db", folder)
        path, begun = folder / "monitor.db", forking.Event()
        closing = forking.Process(target=close_everything, args=(path, begun))
        closing.start()
        assert begun.wait(30)
        closing.join(source.uniform(0, 0.2))
        closing.kill()
        closing.join()
        survived = Database(path)
        assert survived.connection().execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert everything(survived) == before
        states.add((len(spans(survived)), rows(survived) > 0))
        close_days(survived, 4)
        assert everything(survived) == before
        survived.close()
        shutil.rmtree(folder)
    assert len(states) > 2, f"the kills hit too few moments: {states}"
