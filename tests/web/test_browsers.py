"""A browser is called by its name."""

from __future__ import annotations

import pytest

from app.web import browsers

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"


@pytest.mark.parametrize(
    ("called", "named"),
    [
        (WINDOWS, "Chrome · Windows"),
        (f"{WINDOWS} Edg/130.0", "Edge · Windows"),
        (IPHONE, "Safari · iPhone"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0", "Firefox · Android"),
        ("curl/8.5.0", "curl"),
        ("something else", "something else"),
        ("", ""),
        ("x" * 500, "x" * 60),
    ],
)
def test_a_browser_is_called_by_its_name(called: str, named: str) -> None:
    assert browsers.named(called) == named
