"""History leaves as it was stored: exactly, in order, and a few rows at a time."""

import csv
import io
import tracemalloc

import pytest

from app.messages import Invalid, NotFound, Rejected
from app.reading import Column, Reading
from app.services import exports, moments, parquet
from app.store import readings
from tests.history import BEGIN, csv_of, house, lived_in


def store(system, pump, *rows, columns=(("temp_outside", "°C", "float32"), ("system_mode", "", "text"))):
    """Rows of (time, values …)."""
    with system.database.transaction() as db:
        for at, *values in rows:
            readings.add(db, Reading(pump.id, at, tuple(Column(*each) for each in columns), tuple(values)))


@pytest.fixture
def pump(system, idm):
    return house(system, idm)


CHOSEN = ("temp_outside", "system_mode")


def test_a_file_is_plain_csv_with_exact_values(system, pump):
    store(system, pump, (BEGIN, -7.35, "automatic"), (BEGIN + 1, None, "away"), (BEGIN + 2, 0.1, None))
    assert csv_of(system, pump.id, CHOSEN) == (
        "timestamp,temp_outside,system_mode\r\n"
        "2023-11-14T22:13:20Z,-7.35,automatic\r\n"
        "2023-11-14T22:13:21Z,,away\r\n"
        "2023-11-14T22:13:22Z,0.1,\r\n"
    )


def test_columns_stand_in_the_order_that_was_asked_for(system, pump):
    store(system, pump, (BEGIN, 1.0, "away"))
    assert csv_of(system, pump.id, ("system_mode", "temp_outside")).splitlines()[1].endswith(",away,1.0")


def test_all_sensors_are_those_read_now_and_those_of_the_past(system, pump):
    store(system, pump, (BEGIN, 1.0), columns=(("gone_since", "°C", "0.1"),))
    names = csv_of(system, pump.id).splitlines()[0].split(",")
    assert {"temp_outside", "temp_flow_circuit_b", "gone_since"} < set(names)
    assert "temp_flow_circuit_c" not in names
    assert len(names) == len(set(names))


def test_a_reading_without_any_of_the_sensors_is_no_line(system, pump):
    store(system, pump, (BEGIN, 1.0, None), (BEGIN + 1, 2.0, "away"))
    assert csv_of(system, pump.id, ("system_mode",)).count("\r\n") == 2


def test_a_range_begins_with_its_first_second_and_ends_before_its_last(system, pump):
    store(system, pump, *((BEGIN + second, float(second), None) for second in range(5)))
    lines = csv_of(system, pump.id, ("temp_outside",), start=BEGIN + 1, end=BEGIN + 3).splitlines()[1:]
    assert [line.rpartition(",")[2] for line in lines] == ["1.0", "2.0"]


def test_years_without_readings_are_no_hindrance(system, pump):
    times = [5, BEGIN, BEGIN + exports.LONGEST_LOOK_S, BEGIN + exports.LONGEST_LOOK_S * 30, moments.LATEST_TIME]
    store(system, pump, *((at, 1.0, None) for at in times))
    assert [at for at, _ in exports.rows(system, exports.chosen(system, pump.id, ("temp_outside",)))] == times


@pytest.mark.parametrize("text", ["=1+1", "+1", "-5", "@SUM(A1)", "\tx", "\rx", "'quoted"])
def test_a_spreadsheet_computes_nothing(system, pump, text):
    store(system, pump, (BEGIN, None, text))
    (row,) = list(csv.reader(io.StringIO(csv_of(system, pump.id, ("system_mode",)), newline="")))[1:]
    assert row[1] == f"'{text}"


@pytest.mark.parametrize("text", ['with "quotes"', "a,b", "two\r\nlines", "Wärme ☀", "a=b"])
def test_any_text_comes_through(system, pump, text):
    store(system, pump, (BEGIN, None, text))
    (row,) = list(csv.reader(io.StringIO(csv_of(system, pump.id, ("system_mode",)), newline="")))[1:]
    assert row[1] == text


def test_a_file_needs_no_more_memory_than_reading_does(system, pump):
    store(system, pump, *((BEGIN + number * 1800, number / 8, "long enough to be seen" * 5) for number in range(6000)))
    wanted = exports.chosen(system, pump.id, CHOSEN)

    def peak(work):
        tracemalloc.start()
        size = sum(len(each) for each in work)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return size, most

    _, reading = peak(values for _, values in exports.rows(system, wanted))
    size, writing = peak(exports.csv_pieces(system, wanted))
    assert size > 800_000
    assert writing < reading + size / 2


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"heatpump_id": "hp-077"}, NotFound, "hp-077"),
        ({"heatpump_id": "../x"}, NotFound, "../x"),
        ({"sensors": ("temp_outsid",)}, Invalid, "temp_outsid"),
        ({"sensors": ("temp_flow_circuit_c",)}, Invalid, "temp_flow_circuit_c"),
        ({"sensors": ("",)}, Invalid, "is not a sensor"),
        ({"start": 10, "end": 10}, Invalid, "10 is not before 10"),
        ({"start": 11, "end": 10}, Invalid, "11 is not before 10"),
    ],
)
def test_what_cannot_be_taken_out_is_named(system, pump, asked, error, says):
    with pytest.raises(error, match=says):
        exports.chosen(system, **{"heatpump_id": pump.id} | asked)


@pytest.mark.parametrize(
    ("text", "end", "expected"),
    [
        ("1700000000", False, 1_700_000_000),
        ("1700000000.9", False, 1_700_000_000),
        ("2023-11-14T22:13:20Z", False, 1_700_000_000),
        ("2023-11-14T23:13:20+01:00", True, 1_700_000_000),
        ("2023-11-14T23:13:20", False, 1_700_000_000),
        ("2023-11-14 23:13", False, 1_699_999_980),
        ("2024-03-31", False, 1_711_839_600),
        ("2024-03-31", True, 1_711_839_600 + 23 * 3600),  # the day on which summer time begins
        ("1970-01-02", False, 82_800),
    ],
)
def test_a_border_is_a_time_in_the_owners_zone(text, end, expected):
    assert moments.border("from", text, "Europe/Berlin", end) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2024-02-30",
        "-1",
        "nan",
        "inf",
        "1e9",
        "9999-12-31",
        "0001-01-01",
        "1700000000000",
        "٣",
        "31.1.2024",
    ],
)
def test_a_border_that_is_no_time_is_named(text):
    with pytest.raises(Invalid) as caught:
        moments.border("to", text, "Europe/Berlin", end=True)
    assert caught.value.field == "to"


def test_parquet_holds_what_csv_holds(system, pump, tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as reader

    lived_in(system, pump, 60)
    wanted = exports.chosen(system, pump.id)
    with (tmp_path / "all.parquet").open("wb") as file:
        parquet.write(system, wanted, file)
    table = reader.read_table(tmp_path / "all.parquet")
    assert table.column_names == ["timestamp", *wanted.sensors]
    assert table.schema.field("timestamp").type.tz == "UTC"
    assert table.schema.field("temp_outside").metadata[b"unit"].decode() == "°C"
    assert table.schema.field("system_mode").type == pyarrow.string()
    times = [int(at.timestamp()) for at in table["timestamp"].to_pylist()]
    content = zip(*(table[sensor].to_pylist() for sensor in wanted.sensors), strict=True)
    assert [(at, list(row)) for at, row in zip(times, content, strict=True)] == list(exports.rows(system, wanted))


def test_parquet_without_pyarrow_says_what_to_install(system, pump, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(Rejected, match="pip install pyarrow"):
        parquet.write(system, exports.chosen(system, pump.id), io.BytesIO())
