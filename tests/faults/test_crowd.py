"""A short piece of the fifty heat pumps of `make soak`."""

from __future__ import annotations

from pathlib import Path

from tests.faults.crowd import live_through


def test_thirty_heat_pumps_lose_no_poll_to_twenty_faulty_ones_and_come_back_with_the_network(tmp_path: Path) -> None:
    report = live_through(tmp_path / "data", 10)
    assert report.complaints() == []
