"""Long work beside the polls: one turn at a time, gently, and it ends when the program does."""

from __future__ import annotations

import threading
import time


class Chore:
    """`_turn` is held while it works; `_stopping` is set when nothing more is to be begun."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._turn = threading.Lock()

    def stop(self) -> None:
        """Begin nothing more; what runs ends soon."""
        self._stopping.set()

    def wait(self, most_s: float) -> bool:
        """Whether what was running has ended within so many seconds."""
        ended = self._turn.acquire(timeout=most_s)
        if ended:
            self._turn.release()
        return ended

    def _give_way(self, begun: float) -> None:
        """Rest as long as was worked since then (monotonic seconds): the polls come first, also on a single core."""
        self._stopping.wait(time.monotonic() - begun)
