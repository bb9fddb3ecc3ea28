"""A turn for one conversation at a time, in which long ones let short ones pass."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turn:
    """Held by one thread at a time; a poll of many requests lets a write go first between two of them."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._held = False
        self._hurried = 0

    @contextmanager
    def taken(self, hurried: bool = False) -> Iterator[None]:
        """Wait for the turn, the hurried before all others."""
        with self._free:
            self._hurried += hurried
            try:
                self._free.wait_for(lambda: not self._held and (hurried or not self._hurried))
                self._held = True
            finally:
                self._hurried -= hurried
        try:
            yield
        finally:
            with self._free:
                self._held = False
                self._free.notify_all()

    def let_pass(self) -> None:
        """Whoever holds the turn for long calls this between two requests."""
        with self._free:
            if not self._hurried:
                return
            self._held = False
            self._free.notify_all()
            self._free.wait_for(lambda: not self._held and not self._hurried)
            self._held = True
