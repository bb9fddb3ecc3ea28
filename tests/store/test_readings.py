"""Keeping readings, the last values, and series over a range."""

import sqlite3

import pytest

from app.reading import Column, Reading
from app.store import heatpumps, readings, series
from tests.history import polls_kept

FAST = (Column("temp_outside", "°C", "float32"), Column("operating_mode", "", "text"))
FULL = (*FAST, Column("temp_hot_water_target", "°C", "1"))
T0 = 1_700_000_000


def keep(database, at, values, columns=FAST, heatpump_id="hp-001"):
    with database.transaction() as db:
        readings.add(db, Reading(heatpump_id, at, columns, tuple(values)))


def test_the_last_value_of_each_sensor_has_its_own_time(database, pump):
    keep(database, T0, (5.5, "heating", 48), FULL)
    for poll in range(1, 20):
        keep(database, T0 + 30 * poll, (5.5 + poll, "hot_water"))
    latest = readings.latest(database.connection(), pump.id)
    assert latest["temp_outside"] == readings.Sample(T0 + 570, 24.5)
    assert latest["operating_mode"] == readings.Sample(T0 + 570, "hot_water")
    assert latest["temp_hot_water_target"] == readings.Sample(T0, 48)


def test_an_absent_value_stays_absent(database, pump):
    keep(database, T0, (None, None))
    latest = readings.latest(database.connection(), pump.id)
    assert latest["temp_outside"].value is None
    assert latest["operating_mode"].value is None


def test_a_second_reading_of_the_same_second_changes_nothing(database, pump):
    keep(database, T0, (1.0, "heating"))
    keep(database, T0, (2.0, "off"))
    assert readings.latest(database.connection(), pump.id)["temp_outside"].value == 1.0
    assert polls_kept(database.connection(), pump.id) == 1


def test_a_sensor_that_changes_its_unit_becomes_a_new_series(database, pump):
    keep(database, T0, (1.0,), (Column("power", "W", "float32"),))
    keep(database, T0 + 30, (2.0,), (Column("power", "kW", "float32"),))
    stored = database.connection().execute("SELECT unit FROM series WHERE sensor = 'power' ORDER BY id").fetchall()
    assert [row["unit"] for row in stored] == ["W", "kW"]
    assert readings.latest(database.connection(), pump.id)["power"].value == 2.0


def test_a_reading_of_an_unknown_heat_pump_is_refused_as_a_whole(database):
    with pytest.raises(sqlite3.IntegrityError):
        keep(database, T0, (1.0, "heating"), heatpump_id="hp-999")
    assert database.connection().execute("SELECT count(*) FROM polls").fetchone()[0] == 0


def test_removing_a_heat_pump_takes_its_history_and_nobody_elses(database, pump):
    with database.transaction() as db:
        other_id = heatpumps.new_id(db)
        heatpumps.put(
            db,
            heatpumps.HeatPump(
                other_id, "B", "idm", "navigator_2_0", {"host": "b", "port": 1, "unit_id": 1}, {}, True, 1, 1
            ),
        )
    keep(database, T0, (1.0, "heating"))
    keep(database, T0, (2.0, "heating"), heatpump_id=other_id)
    with database.transaction() as db:
        heatpumps.remove(db, pump.id)
    db = database.connection()
    assert polls_kept(db, pump.id) == 0
    assert polls_kept(db, other_id) == 1
    assert db.execute("SELECT count(*) FROM layouts").fetchone()[0] == 1
    assert readings.latest(db, other_id)["temp_outside"].value == 2.0


def test_a_number_is_never_given_to_two_heat_pumps(database, pump):
    with database.transaction() as db:
        heatpumps.remove(db, pump.id)
        assert heatpumps.new_id(db) == "hp-002"


def read(database, sensors, start, end, points=100, shortest_step_s=30):
    return series.read(
        database.connection(), "hp-001", sensors, start=start, end=end, points=points, shortest_step_s=shortest_step_s
    )


def test_a_series_keeps_the_peaks_of_every_bucket(database, pump):
    for index, value in enumerate([1.0, 9.0, 2.0, -5.0, 3.0, 4.0]):
        keep(database, 1_700_000_400 + 100 * index, (value, "heating"))
    found = read(database, ["temp_outside"], 1_700_000_400, 1_700_001_000, points=2)
    course = found.courses[0]
    assert found.step_s == 300
    assert found.times[0] % 300 == 0
    assert course.low[:2] == [1.0, -5.0]
    assert course.high[:2] == [9.0, 4.0]
    assert course.mean[:2] == [4.0, pytest.approx(2 / 3, abs=1e-6)]


def test_nothing_read_is_null_not_zero(database, pump):
    keep(database, T0, (1.0, None))
    keep(database, T0 + 300, (None, "off"))
    found = read(database, ["temp_outside", "operating_mode", "unheard_of"], T0, T0 + 600, shortest_step_s=300)
    outside, mode, unheard_of = found.courses
    assert [value for value in outside.mean if value is not None] == [1.0]
    assert [word for word in mode.text if word is not None] == ["off"]
    assert set(mode.mean) == {None}
    assert set(unheard_of.mean) == {None}


def test_the_end_of_the_range_is_not_part_of_it(database, pump):
    keep(database, T0, (1.0, None))
    keep(database, T0 + 60, (2.0, None))
    found = read(database, ["temp_outside"], T0, T0 + 60)
    assert [value for value in found.courses[0].mean if value is not None] == [1.0]


def test_buckets_stay_where_they_are_while_time_goes_on(database, pump):
    first = read(database, ["temp_outside"], T0, T0 + 86400, points=700)
    later = read(database, ["temp_outside"], T0 + 17, T0 + 86417, points=700)
    assert first.step_s == later.step_s
    assert {time % first.step_s for time in first.times + later.times} == {0}


def test_a_dense_chart_has_no_false_gaps(database, pump):
    for poll in range(10):
        keep(database, T0 + 30 * poll, (1.0, None))
    found = read(database, ["temp_outside"], T0, T0 + 300, points=5000)
    assert found.step_s == 30
    assert None not in found.courses[0].mean[:10]
