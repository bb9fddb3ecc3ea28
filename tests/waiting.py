"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def eventually(condition: Callable[[], Found], within_s: float = 40.0) -> Found:
    """What the condition finds as soon as it finds anything; fails the test when that takes too long.

    The time is generous because the machines that run this are slow at times.
    """
    deadline = time.monotonic() + within_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not become so"
        time.sleep(0.01)
    return found
