"""Days and months of the owner's time zone."""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from app import calendar

BERLIN = ZoneInfo("Europe/Berlin")


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("moment", "unit", "begin", "end", "hours"),
    [
        ("2024-01-15 12:00", "day", "2024-01-14 23:00", "2024-01-15 23:00", 24),
        ("2024-03-31 12:00", "day", "2024-03-30 23:00", "2024-03-31 22:00", 23),
        ("2024-10-27 12:00", "day", "2024-10-26 22:00", "2024-10-27 23:00", 25),
        ("2024-10-27 00:30", "day", "2024-10-26 22:00", "2024-10-27 23:00", 25),
        ("2024-03-31 12:00", "month", "2024-02-29 23:00", "2024-03-31 22:00", 31 * 24 - 1),
        ("2024-12-31 23:30", "month", "2024-12-31 23:00", "2025-01-31 23:00", 31 * 24),
        ("2024-12-31 22:30", "year", "2023-12-31 23:00", "2024-12-31 23:00", 366 * 24),
    ],
)
def test_days_and_months_begin_and_end_with_the_owners_clock(moment, unit, begin, end, hours):
    assert calendar.begin(at(moment), unit, BERLIN) == at(begin)
    assert calendar.end(at(moment), unit, BERLIN) == at(end)
    assert (at(end) - at(begin)) // 3600 == hours


def test_edges_follow_each_other_without_gap():
    edges = calendar.edges(at("2024-03-29 12:00"), at("2024-04-02 12:00"), "day", BERLIN)
    assert [later - earlier for earlier, later in pairwise(edges)] == [
        86400, 86400, 82800, 86400, 86400,
    ]  # fmt: skip


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/St_Johns", "Pacific/Apia", "America/Sao_Paulo", "UTC"])
def test_every_moment_lies_in_exactly_one_day_anywhere(zone):
    for moment in range(at("2018-10-30 00:00"), at("2018-11-10 00:00"), 5000):
        begin, end = (calendar.begin(moment, "day", ZoneInfo(zone)), calendar.end(moment, "day", ZoneInfo(zone)))
        assert begin <= moment < end
        assert calendar.begin(end, "day", ZoneInfo(zone)) == end
        assert calendar.begin(end - 1, "day", ZoneInfo(zone)) == begin
