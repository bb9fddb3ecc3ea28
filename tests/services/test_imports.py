"""History comes in: our own files bit by bit, others as far as they make sense, and twice is once."""

import io
import sqlite3
from contextlib import closing

import pytest

from app.config import Config
from app.messages import Invalid, NotFound, Rejected
from app.services import exports, imports
from app.store import readings
from app.system import assemble
from tests.history import BEGIN, csv_of, house, lived_in


@pytest.fixture
def pump(system, idm):
    return house(system, idm)


@pytest.fixture
def elsewhere(tmp_path, idm):
    """Another installation with the same heat pump and no history."""
    (tmp_path / "elsewhere").mkdir()
    other = assemble(Config(tmp_path / "elsewhere"))
    house(other, idm)
    yield other
    other.database.close()


def take(system, text, heatpump_id="hp-001", encoding="utf-8"):
    return imports.take(system, heatpump_id, io.BytesIO(text.encode(encoding)))


def kept(system, *sensors):
    return [(at, *values) for at, values in exports.rows(system, exports.chosen(system, "hp-001", sensors))]


def last_values(system):
    latest = readings.latest(system.database.connection(), "hp-001")
    return {sensor: sample for sensor, sample in latest.items() if sample.value is not None}


def test_a_round_trip_is_equal_to_the_bit(system, pump, elsewhere):
    lived_in(system, pump, 300)
    text = csv_of(system, pump.id)
    report = take(elsewhere, text)
    assert (report.kept, report.there, report.refused, report.unknown) == (300, 0, 0, ())
    assert csv_of(elsewhere, pump.id) == text
    stored = list(exports.rows(system, exports.chosen(system, pump.id)))
    again = list(exports.rows(elsewhere, exports.chosen(elsewhere, pump.id)))
    assert again == stored
    assert [[type(value) for value in values] for _, values in again] == [
        [type(value) for value in values] for _, values in stored
    ]
    assert last_values(elsewhere) == last_values(system)


def test_the_same_file_twice_changes_nothing(system, pump):
    text = "timestamp,temp_outside\n" + "".join(f"{BEGIN + 60 * number},{number}.5\n" for number in range(700))
    assert take(system, text).kept == 700
    before = csv_of(system, pump.id)
    report = take(system, text.replace(".5", ".0"))
    assert (report.kept, report.there) == (0, 700)
    assert csv_of(system, pump.id) == before


def test_a_second_that_has_a_reading_keeps_it(system, pump):
    lived_in(system, pump, 20)
    before = csv_of(system, pump.id)
    report = take(
        system, f"timestamp,power_use_house\n{BEGIN},1\n{BEGIN + 60},1\n{BEGIN + 60},2\n{BEGIN + 61},3\n{BEGIN + 61},4"
    )
    assert (report.kept, report.there) == (1, 4)
    assert kept(system, "power_use_house")[-20:] != []
    assert take(system, before).kept == 0


def test_lines_in_any_order_come_out_in_order_of_time(system, pump):
    take(system, f"timestamp,temp_outside\n{BEGIN + 86400 * 9},3\n{BEGIN},1\n{BEGIN + 86400},2\n")
    assert [row[1] for row in kept(system, "temp_outside")] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "text",
    [
        "timestamp,temp_outside,system_mode\n1700000000,-7.5,away\n",
        "timestamp,temp_outside,system_mode\r\n1700000000,-7.5,away\r\n",
        "timestamp,temp_outside,system_mode\n1700000000.75,-7.50,away",
        "\ufefftimestamp;temp_outside;system_mode\n1700000000;-7,5;away\n",
        "timestamp;temp_outside;system_mode\n1700000000;-7.5;away\n",
        'Timestamp, temp_outside ,system_mode\n"2023-11-14T22:13:20Z","-7.5","away"\n',
        "timestamp,system_mode,temp_outside\n2023-11-14T23:13:20+01:00,away,-75e-1\n",
        "timestamp,temp_outside,system_mode\n2023-11-14 22:13:20+00:00, -7.5 ,away\n\n\n",
        "timestamp,colour,temp_outside,system_mode\n1700000000,red,-7.5,away\n",
    ],
)
def test_plain_files_from_elsewhere_are_understood(system, pump, text):
    report = take(system, text)
    assert (report.kept, report.refused) == (1, 0)
    assert kept(system, "temp_outside", "system_mode") == [(BEGIN, -7.5, "away")]


def test_a_column_that_is_no_sensor_is_named_and_left_out(system, pump):
    report = take(system, "timestamp,colour,temp_outside,size\n1700000000,red,1,2\n")
    assert report.unknown == ("colour", "size")
    assert report.kept == 1


def test_settings_that_a_line_does_not_have_stay_known(system, pump):
    take(system, f"timestamp,temp_outside,temp_hot_water_target\n{BEGIN},1,48\n{BEGIN + 60},2,\n")
    latest = readings.latest(system.database.connection(), pump.id)
    assert (latest["temp_hot_water_target"].value, latest["temp_hot_water_target"].at) == (48, BEGIN)
    assert (latest["temp_outside"].value, latest["temp_outside"].at) == (2.0, BEGIN + 60)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("1700000000,nan,", "temp_outside: 'nan' is not a number"),
        ("1700000000,inf,", "temp_outside: 'inf' is not a number"),
        ("1700000000,-Infinity,", "is not a number"),
        ("1700000000,1e999,", "temp_outside: 1e999 is too large"),
        ("1700000000,1e39,", "temp_outside: 1e39 is too large"),
        ("1700000000,1e99999999999,", "is not a number"),
        ('1700000000,"1,5",', "is not a number"),
        ("1700000000,1_000,", "is not a number"),
        ("1700000000,٣,", "is not a number"),
        ("1700000000,0x10,", "is not a number"),
        ("1700000000,=1+1,", "is not a number"),
        ("1700000000,12°,", "is not a number"),
        ("1700000000,1,party", "system_mode: 'party' is not one of its states"),
        ("1700000000,1,=cmd()", "is not one of its states"),
        ("1700000000,1," + "9" * 2000, "longer than 1000"),
        ("1700000000,1", "has 2 columns instead of 3"),
        ("1700000000,1,away,2", "has 4 columns instead of 3"),
        ("1700000000;1;away", "has 1 columns instead of 3"),
        (",1,away", "timestamp: ''"),
        ("yesterday,1,away", "timestamp: 'yesterday'"),
        ("2023-11-14T22:13:20,1,away", "has no time zone"),
        ("2023-02-30T00:00:00Z,1,away", "timestamp"),
        ("-1,1,away", "timestamp: '-1'"),
        ("nan,1,away", "timestamp: 'nan'"),
        ("1700000000000,1,away", "timestamp"),
        ("170000000000,1,away", "lies in the future"),
        ("9999-12-31T23:59:59-23:00,1,away", "timestamp"),
        ("0001-01-01T00:00:00+14:00,1,away", "timestamp"),
        ('1700000000,"1"x,away', "is no CSV"),
        ("\x00,1,away", "timestamp"),
        ("1700000000,1,\udcff", "is not UTF-8"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_kept(system, pump, line, says):
    text = f"timestamp,temp_outside,system_mode\n{BEGIN - 60},1,away\n{line}\n{BEGIN + 60},2,away\n"
    report = imports.take(system, pump.id, io.BytesIO(text.encode(errors="surrogateescape")))
    assert (report.kept, report.refused) == (2, 1)
    ((number, reason),) = report.complaints
    assert number == 3
    assert says in reason
    assert [at for at, *_ in kept(system, "temp_outside")] == [BEGIN - 60, BEGIN + 60]


@pytest.mark.parametrize(
    ("sensor", "cell", "says"),
    [
        ("error_code", "1.5", "1.5 is not a storable multiple of 1"),
        ("error_code", "1e300", "too large|not a storable multiple"),
        ("error_code", "99999999999", "not a storable multiple"),
    ],
)
def test_a_value_that_its_storage_cannot_hold_exactly_is_refused(system, pump, sensor, cell, says):
    report = take(system, f"timestamp,{sensor}\n{BEGIN},{cell}\n")
    assert report.kept == 0
    assert any(each in report.complaints[0][1] for each in says.split("|"))


def test_line_numbers_count_lines_of_the_file(system, pump):
    text = 'timestamp,system_mode\n1700000000,"aw\nay"\n1700000060,away\n\n1700000120,party\n'
    assert [number for number, _ in take(system, text).complaints] == [2, 6]


def test_a_quote_that_never_ends_is_one_bad_place(system, pump):
    text = f'timestamp,system_mode\n{BEGIN},away\n{BEGIN + 60},"away\n' + f"{BEGIN + 120},away\n" * 20
    report = take(system, text)
    assert (report.kept, report.refused, report.complaints[0][0]) == (1, 1, 3)


def test_complaints_are_counted_but_not_hoarded(system, pump):
    report = take(system, "timestamp,temp_outside\n" + "x,1\n" * 5000)
    assert report.refused == 5000
    assert [number for number, _ in report.complaints] == list(range(2, 2 + imports.MOST_COMPLAINTS))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the first line"),
        (b"\n\n", "the first line"),
        (("timestamp,temp_outside," + ",".join(f"a{each}" for each in range(100_000))).encode(), "than 5000 columns"),
        (b"timestamp\n1\n", "the first line"),
        (b"time,temp_outside\n", "the first line"),
        (b"temp_outside,timestamp\n", "the first line"),
        (b'"timestamp,temp_outside\n', "the first line"),
        (b"timestamp,temp_outside,temp_outside\n", "temp_outside twice"),
        (b"timestamp,timestamp,temp_outside\n", "timestamp twice"),
        (b"timestamp,a,b\n1,2,3\n", "idm/navigator_2_0: a, b"),
        ("timestamp,temp_outside\n".encode("utf-16"), "the first line"),
        (bytes(range(256)) * 100, "the first line"),
        (b"timestamp," + b"x" * 2_000_000, "longer than 1000000"),
        (b"timestamp,temp_outside\n1700000000,1\n" + b"1" * 2_000_000, "longer than 1000000"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(system, pump, content, says):
    with pytest.raises(Invalid, match=says):
        imports.take(system, pump.id, io.BytesIO(content))


def test_an_unknown_heat_pump_gets_no_history(system, pump):
    with pytest.raises(NotFound, match="hp-077"):
        take(system, "timestamp,temp_outside\n1700000000,1\n", "hp-077")


def test_what_was_kept_before_the_database_failed_stays(system, pump):
    lines = "".join(f"{BEGIN + 60 * number},1\n" for number in range(imports.BATCH * 3))
    with closing(sqlite3.connect(system.config.database)) as other:
        other.execute(
            "CREATE TRIGGER full BEFORE INSERT ON polls WHEN NEW.at >= 1700042000 BEGIN"
            " SELECT RAISE(FAIL, 'no room'); END"
        )
    with pytest.raises(Rejected, match="no room; readings kept before: 500"):
        take(system, "timestamp,temp_outside\n" + lines)
    assert len(kept(system, "temp_outside")) == 500


def test_progress_reaches_the_end_of_the_file(system, pump):
    text = "timestamp,temp_outside\n" + "".join(f"{BEGIN + 60 * number},1\n" for number in range(1200))
    told = []
    imports.take(system, pump.id, io.BytesIO(text.encode()), told.append)
    assert told == sorted(told)
    assert told[-1] == len(text)
    assert len(told) > 2
