"""Tells systemd that the service lives, and only while poller and web interface really do."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from waitress.trigger import trigger

from app import systemd

SIGNS_PER_PATIENCE = 4
"""A sign that comes a little late must not cost a restart."""

LOOP_LATE_S, WORKERS_LATE_S = 60.0, 300.0
"""How long the loop that takes requests, and all threads that answer them, may be deaf. Long downloads keep a thread
busy; nothing keeps the loop."""

log = logging.getLogger(__name__)


class WebPulse:
    """Sends a beat through the web server's loop and one through the threads behind it, without any connection: who
    holds all connections open must not be able to have the service restarted. `sockets` is the server's map."""

    def __init__(self, sockets: dict[int, Any]) -> None:
        self._trigger = trigger(sockets)
        self._loop_asked: float | None = None
        self._workers_asked: float | None = None
        self._dispatcher: Any = None

    def watch(self, server: Any) -> None:
        self._dispatcher = server.task_dispatcher

    def within_loop(self, action: Callable[[], object]) -> None:
        """Do this as soon as the loop runs, in its thread."""
        self._trigger.pull_trigger(action)

    def trouble(self) -> str | None:
        """What does not move any more; asked again and again, it sends the next beat by itself."""
        now = monotonic()
        if self._loop_asked is None:
            self._loop_asked = now
            self._trigger.pull_trigger(self._looped)
        elif now - self._loop_asked > LOOP_LATE_S:
            return f"the web interface has taken no request for {now - self._loop_asked:.0f} s"
        if self._workers_asked is None:
            self._workers_asked = now
            self._dispatcher.add_task(_Beat(self._served))
        elif now - self._workers_asked > WORKERS_LATE_S:
            return f"the web interface has answered nobody for {now - self._workers_asked:.0f} s"
        return None

    def _looped(self) -> None:
        self._loop_asked = None

    def _served(self) -> None:
        self._workers_asked = None


class _Beat:
    """As short a task as a web server's thread can have."""

    def __init__(self, done: Callable[[], None]) -> None:
        self.service = done

    def cancel(self) -> None:
        """The server ends before it came to it."""


class Watchdog:
    """A thread of its own; `trouble` says why the service does not live, or None when it does."""

    def __init__(self, trouble: Callable[[], str | None]) -> None:
        self._trouble = trouble
        self._told: str | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
        self._patience_s = systemd.patience_s()

    def start(self) -> None:
        """Does nothing unless systemd waits for signs."""
        if self._patience_s is not None:
            self._thread.start()

    def stop(self) -> None:
        self._ending.set()

    def look(self) -> None:
        """Send one sign of life, or say once why there is none."""
        trouble = self._trouble()
        if trouble is None:
            systemd.tell("WATCHDOG=1")
        elif self._told is None:
            log.critical("%s; systemd restarts this service unless that ends soon", trouble)
            systemd.tell(f"STATUS={trouble}")
        self._told = trouble

    def _run(self) -> None:
        assert self._patience_s is not None
        pause_s = self._patience_s / SIGNS_PER_PATIENCE
        while not self._ending.wait(pause_s):
            self.look()
