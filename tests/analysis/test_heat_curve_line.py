"""A line through the heating curve that was driven, where one may be drawn."""

from __future__ import annotations

import pytest

from app.analysis.heat_demand import curve_line

STRAIGHT = {outdoor: (10.0, 38.0 - 0.6 * outdoor) for outdoor in range(-8, 13)}


def test_a_straight_curve_is_found_again() -> None:
    line = curve_line(STRAIGHT)
    assert line is not None
    assert (line.slope, line.at_zero) == (pytest.approx(-0.6), pytest.approx(38.0))
    assert line.fit == pytest.approx(1.0)
    assert (line.coldest, line.warmest) == (-8, 12)
    assert line.at(-8) == pytest.approx(42.8)


def test_hours_weigh() -> None:
    """Ten minutes far off do not bend what hundreds of hours say."""
    line = curve_line(STRAIGHT | {14: (1 / 6, 55.0)})
    assert line is not None
    assert line.at_zero == pytest.approx(38.0, abs=0.2)


@pytest.mark.parametrize(
    ("curve", "why"),
    [
        ({}, "nothing is known"),
        ({0: (100.0, 38.0)}, "one temperature"),
        ({0: (100.0, 38.0), 9: (100.0, 32.0)}, "two points always lie on a line"),
        ({outdoor: (50.0, 38.0 - outdoor) for outdoor in range(6)}, "a span of 5 K"),
        ({outdoor: (0.5, 38.0 - outdoor) for outdoor in range(12)}, "six hours"),
        ({outdoor: (0.0, 38.0 - outdoor) for outdoor in range(12)}, "no hours"),
        (dict.fromkeys(range(12), (10.0, 35.0)), "the flow is always the same"),
        ({outdoor: (10.0, 30.0 + outdoor) for outdoor in range(12)}, "warmer flow when it is warm"),
        ({outdoor: (10.0, 35.0 + 6 * (outdoor % 2) - 0.2 * outdoor) for outdoor in range(12)}, "points that scatter"),
    ],
)
def test_no_line_says_more_than_is_known(curve: dict[int, tuple[float, float]], why: str) -> None:
    assert curve_line(curve) is None, why
