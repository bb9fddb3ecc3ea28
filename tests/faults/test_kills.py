"""A short piece of the 200 kills of `make soak`."""

from __future__ import annotations

from pathlib import Path

from tests.faults.kills import kill_again_and_again


def test_killed_at_random_only_the_reading_in_flight_is_lost(tmp_path: Path) -> None:
    report = kill_again_and_again(tmp_path / "data", 6, seed=7)
    assert report.complaints() == []
    assert report.rounds == 6
    assert report.kept > 18
