"""When jobs run: cron and weekly times, on both days that change the clocks."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from app.analysis import schedule
from app.analysis.schedule import BadSchedule, Schedule

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


def local(moments):
    return [datetime.fromtimestamp(each, BERLIN).strftime("%Y-%m-%d %H:%M") for each in moments]


def test_cron_is_read_in_the_owner_s_time_zone():
    found = schedule.following(Schedule("30 6 * * 1-5"), at("2026-11-20 07:00"), BERLIN, 2)
    assert local(found) == ["2026-11-23 06:30", "2026-11-24 06:30"]


def test_weekly_times_come_on_their_days_in_order():
    found = schedule.following(Schedule(days=(0, 6), times=("22:00", "06:30")), at("2026-11-21 12:00"), BERLIN, 4)
    assert local(found) == ["2026-11-22 06:30", "2026-11-22 22:00", "2026-11-23 06:30", "2026-11-23 22:00"]


def test_the_moment_itself_is_over():
    first = at("2026-11-23 06:30")
    assert schedule.following(Schedule("30 6 * * *"), first, BERLIN, 1) == [at("2026-11-24 06:30")]
    assert schedule.between(Schedule("30 6 * * *"), first - 1, first, BERLIN, 9) == [first]


def test_a_time_that_spring_leaves_out_comes_with_the_change():
    found = schedule.following(Schedule(days=tuple(range(7)), times=("02:30",)), at("2026-03-28 12:00"), BERLIN, 2)
    assert local(found) == ["2026-03-29 03:00", "2026-03-30 02:30"]


def test_a_time_that_autumn_repeats_comes_once():
    found = schedule.following(Schedule("30 2 * * *"), at("2026-10-24 12:00"), BERLIN, 2)
    assert local(found) == ["2026-10-25 02:30", "2026-10-26 02:30"]
    assert found[1] - found[0] == 25 * 3600


def test_every_hour_is_every_hour_also_in_autumn():
    found = schedule.between(Schedule("0 * * * *"), at("2026-10-25 00:00"), at("2026-10-25 06:00"), BERLIN, 99)
    assert len(found) == 7
    assert {later - before for before, later in pairwise(found)} == {3600}


def test_two_times_that_fall_on_one_moment_are_one_run():
    twice = Schedule(days=(6,), times=("02:15", "02:45"))
    found = schedule.between(twice, at("2026-03-29 00:00"), at("2026-03-29 12:00"), BERLIN, 9)
    assert local(found) == ["2026-03-29 03:00"]


@pytest.mark.parametrize(
    "wrong",
    [
        Schedule(),
        Schedule(days=(0,)),
        Schedule(times=("06:30",)),
        Schedule(days=(7,), times=("06:30",)),
        Schedule(days=(0,), times=("6:30",)),
        Schedule(days=(0,), times=("24:00",)),
        Schedule(days=(0,), times=("06:60",)),
        Schedule(days=(0,), times=("0٣:30",)),
        Schedule("* * * *"),
        Schedule("* * * * * *"),
        Schedule("61 * * * *"),
        Schedule("@daily"),
        Schedule("30 6 * * bananas"),
        Schedule("0 0 30 2 *"),
    ],
)
def test_what_is_no_schedule_is_refused_with_a_reason(wrong):
    with pytest.raises(BadSchedule) as refused:
        schedule.check(wrong)
    assert str(refused.value)
