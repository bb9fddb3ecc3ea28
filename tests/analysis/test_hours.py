"""Hours that come again end when the clock on the wall says so, also over midnight and when clocks change."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from app.analysis import hours

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


NIGHT, NOON = (22 * 60, 6 * 60), (12 * 60, 13 * 60)


@pytest.mark.parametrize(
    ("period", "days", "now", "end"),
    [
        (NIGHT, range(7), "2026-01-05T21:59", None),
        (NIGHT, range(7), "2026-01-05T22:00", "2026-01-06T06:00"),
        (NIGHT, range(7), "2026-01-06T05:59", "2026-01-06T06:00"),
        (NIGHT, range(7), "2026-01-06T06:00", None),
        (NOON, range(7), "2026-01-06T12:30", "2026-01-06T13:00"),
        # the night that begins on Monday belongs to Monday
        (NIGHT, [0], "2026-01-06T03:00", "2026-01-06T06:00"),
        (NIGHT, [1], "2026-01-06T03:00", None),
        # the nights in which the clocks change have 7 and 9 hours, and end at six all the same
        (NIGHT, range(7), "2026-03-29T01:30", "2026-03-29T06:00"),
        (NIGHT, range(7), "2026-10-25T01:30", "2026-10-25T06:00"),
        # the same minute twice is the whole day
        ((0, 0), [6], "2026-01-04T23:59", "2026-01-05T00:00"),
        ((0, 0), [6], "2026-01-05T00:00", None),
        (NIGHT, [], "2026-01-05T23:00", None),
    ],
)
def test_hours_end_by_the_clock_on_the_wall(
    period: tuple[int, int], days: list[int], now: str, end: str | None
) -> None:
    found = hours.end(*period, days, at(now), BERLIN)
    assert found == (None if end is None else at(end))
