"""Tells a watcher elsewhere, every few minutes, that readings are still being kept. Its silence is the alarm.

The watcher (such as healthchecks) speaks up when the sign does not come: for a power cut, a broken computer, a full
disk or a lost network, none of which could send a message itself.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from drivers import web
from drivers.errors import DriverError
from drivers.web import Base

TIMEOUT_S = 10.0
PAUSES_S = (5.0, 30.0)
"""Before the second and the third try; after that the next sign comes at its own time."""

LOOK_S = 10.0
"""How soon a sign follows the first reading that is kept again."""

log = logging.getLogger(__name__)


class LifeSign:
    """A thread of its own: no poll waits for it. `kept` says whether readings are being kept now.

    The address is a secret, as whoever knows it can send signs; it is never logged.
    """

    def __init__(
        self,
        address: str,
        every_s: float,
        kept: Callable[[], bool],
        pauses_s: tuple[float, ...] = PAUSES_S,
        look_s: float = LOOK_S,
    ) -> None:
        self._base, self._path = _parts(address)
        self._every_s = every_s
        self._kept = kept
        self._pauses_s = pauses_s
        self._look_s = look_s
        self._lost = False
        self._ending = threading.Event()
        # a daemon: a server that hangs must not hold up the end
        self._thread = threading.Thread(target=self._run, name="life sign", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Begin no further sign."""
        self._ending.set()

    def _run(self) -> None:
        pause_s = min(self._look_s, self._every_s)
        while not self._ending.wait(pause_s):
            pause_s = min(self._look_s, self._every_s)
            try:
                if self._kept():
                    self.send()
                    pause_s = self._every_s
            except Exception:  # the edge of a thread: it must go on
                log.exception("the sign of life was not sent for a reason of our own")

    def send(self) -> bool:
        """One sign, with its few tries; a failure is said once."""
        reason = ""
        for pause_s in (0.0, *self._pauses_s):
            if self._ending.wait(pause_s):
                return False
            refusal = self._ask()
            if refusal is None:
                if self._lost:
                    log.info("signs of life reach %s again", self._base.address)
                self._lost = False
                return True
            reason = refusal
        if not self._lost:
            log.warning("the sign of life does not reach %s: %s; it is tried again", self._base.address, reason)
        self._lost = True
        return False

    def _ask(self) -> str | None:
        """Why the other side did not take it; None when it did. It is asked for nothing but its word."""
        try:
            reply = web.ask(self._base, "GET", self._path, TIMEOUT_S, {})
        except (DriverError, OSError) as error:
            return str(error)
        return None if 200 <= reply.status < 300 else f"it answered {reply.status}"


def _parts(address: str) -> tuple[Base, str]:
    """An address that the settings have checked."""
    parts = urlsplit(address)
    secure = parts.scheme == "https"
    base = Base(secure, parts.hostname or "", parts.port or (443 if secure else 80), "")
    return base, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
