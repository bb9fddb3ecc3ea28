"""The budget of calls: never exceeded, whatever restarts, clocks and other processes do."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.cloud_calls import Calls, Limits
from drivers.errors import Unreachable
from tests.drivers.cloud import UtcClock

SMALL = Limits(day=10, short=4, day_kept=2, short_kept=1)


@pytest.fixture
def clock() -> UtcClock:
    return UtcClock()


def _calls(folder: Path, clock: UtcClock, limits: Limits = SMALL) -> Calls:
    return Calls(folder / "one.calls", limits, clock)


def _taken(calls: Calls, for_owner: bool = False, most: int = 100) -> int:
    for count in range(most):
        try:
            calls.take(for_owner)
        except Unreachable:
            return count
    return most


def test_polls_leave_calls_for_the_owner(tmp_path: Path, clock: UtcClock) -> None:
    calls = _calls(tmp_path, clock)
    assert _taken(calls) == 3
    assert _taken(calls, for_owner=True) == 1
    clock.now += 601
    assert _taken(calls) == 3
    clock.now += 601
    assert _taken(calls) == 1
    assert _taken(calls, for_owner=True) == 2


def test_no_ten_minutes_and_no_day_have_more_calls_than_the_limits(tmp_path: Path, clock: UtcClock) -> None:
    calls = _calls(tmp_path, clock)
    made: list[float] = []
    for _ in range(3 * 24 * 60):
        for owner in (False, True):
            if _taken(calls, owner, most=1):
                made.append(clock.now)
        clock.now += 60
    for at in made:
        assert sum(at <= each < at + 600 for each in made) <= SMALL.short
        assert sum(at <= each < at + 86_400 for each in made) <= SMALL.day
    assert len(made) >= 3 * SMALL.day_kept


def test_a_restart_forgets_no_call(tmp_path: Path, clock: UtcClock) -> None:
    assert _taken(_calls(tmp_path, clock), for_owner=True) == 4
    assert _taken(_calls(tmp_path, clock), for_owner=True) == 0
    assert _calls(tmp_path, clock).made().day == 4


def test_the_refusal_says_when_there_is_a_call_again(tmp_path: Path, clock: UtcClock) -> None:
    calls = _calls(tmp_path, clock)
    _taken(calls)
    with pytest.raises(Unreachable, match=r"used up \(3 in 10 minutes\); there is one again at 2025-11-21 13:13 UTC"):
        calls.take()


def test_the_pause_that_the_cloud_asks_for_is_kept_also_after_a_restart(tmp_path: Path, clock: UtcClock) -> None:
    _calls(tmp_path, clock).stop_until(clock.now + 3600)
    calls = _calls(tmp_path, clock)
    for owner in (False, True):
        with pytest.raises(Unreachable, match="takes no calls of this account before 2025-11-21 14:03 UTC"):
            calls.take(owner)
    assert calls.made().stopped_until == int(clock.now) + 3601
    clock.now += 3602
    calls.take()


@pytest.mark.parametrize(("asked", "kept_s"), [(None, 600), (-5000, 60), (10 * 86_400, 86_400)])
def test_an_odd_pause_is_neither_ignored_nor_for_ever(
    tmp_path: Path, clock: UtcClock, asked: float | None, kept_s: int
) -> None:
    calls = _calls(tmp_path, clock)
    assert calls.stop_until(None if asked is None else clock.now + asked) == int(clock.now) + kept_s + 1


def test_a_clock_that_was_set_back_forgets_nothing_and_locks_for_a_day_at_most(tmp_path: Path, clock: UtcClock) -> None:
    calls = _calls(tmp_path, clock)
    _taken(calls, for_owner=True)
    clock.now -= 3600
    assert _taken(calls, for_owner=True) == 0
    clock.now -= 30 * 86_400
    assert _taken(calls, for_owner=True) == 4


def test_the_file_stays_small_and_private(tmp_path: Path, clock: UtcClock) -> None:
    calls = _calls(tmp_path, clock)
    for _ in range(300):
        calls.take()
        clock.now += 86_400 / 8 + 60
    path = tmp_path / "one.calls"
    assert path.stat().st_size < 1000
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_stops_nobody(tmp_path: Path, clock: UtcClock) -> None:
    (tmp_path / "one.calls").write_bytes(b"\xff\x00 half a line\nstop\nstop x\n-5\n")
    calls = _calls(tmp_path, clock)
    calls.take()
    assert calls.made().day == 1
