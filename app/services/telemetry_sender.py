"""Sends a payload a day to the chosen receiver, a while later when it does not answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from random import uniform

from app.calendar import DAY_S
from app.messages import Message, Sentence, to_json
from app.polling.poller import BACKGROUND
from app.services import telemetry, telemetry_payload
from app.services.telemetry_post import post, shown
from app.store import telemetry as store
from app.store.telemetry import Payload, Sharing
from app.system import System
from drivers.errors import DriverError

LOOK_S = 30.0
JITTER_S = 2 * 3600.0
"""A payload goes a day after the one before, so much earlier or later: no receiver gets all boxes at once."""
PAUSES_S = (600, 3600, 6 * 3600, DAY_S)
KEPT_TRYING_S = 7 * DAY_S
LOG_S = 366 * DAY_S
TRY_AGAIN = (408, 425, 429)
"""Refusals that are about the moment, not about the payload."""

log = logging.getLogger(__name__)


class TelemetrySender:
    """`spread` gives a number between its two arguments."""

    def __init__(self, system: System, spread: Callable[[float, float], float] = uniform) -> None:
        self._system = system
        self._spread = spread

    def start(self) -> None:
        self._system.poller.every(LOOK_S, self.run, lane=BACKGROUND)

    def run(self) -> None:
        """Make what is due, and send what waits, the oldest first."""
        sharing = self._make_when_due()
        if sharing is None:
            return
        now = int(self._system.clock())
        for payload in store.waiting(self._system.database.connection()):
            if self._system.ending.is_set():
                return
            # one that is due later than any pause was made before the clock was set back
            if payload.due_at is None or now < payload.due_at <= now + PAUSES_S[-1]:
                continue
            if not telemetry.still_wanted(self._system, sharing, payload):
                self._end(payload, "dropped")
            elif now - payload.made_at > KEPT_TRYING_S:
                self._end(payload, "given up")
            elif not self._send(payload):
                return

    def _make_when_due(self) -> Sharing | None:
        """What is chosen; None while sharing is off."""
        system, now = self._system, int(self._system.clock())
        with system.database.transaction() as db:
            sharing = store.sharing(db)
            if sharing is None or not sharing.enabled:
                return None
            wait_s = sharing.next_at - now
            if wait_s > DAY_S + JITTER_S:  # the clock was set back
                wait_s = 0
            if wait_s <= 0:
                body = telemetry_payload.written(telemetry.payload(system, sharing))
                store.add(db, now, sharing.endpoint, body)
                next_at = now + DAY_S + round(self._spread(-JITTER_S, JITTER_S))
                store.put(db, replace(sharing, next_at=next_at))
                store.drop(db, now - LOG_S)
        return sharing

    def _send(self, payload: Payload) -> bool:
        """False when nothing else should be tried now."""
        try:
            status = post(payload.endpoint, payload.body)
        except DriverError as failure:
            return self._later(payload, failure)
        if 200 <= status < 300:
            self._end(payload, "sent")
            return True
        said = Message("it answered with status %(code)d", {"code": status})
        if status < 500 and status not in TRY_AGAIN:
            log.warning("telemetry was refused by %s: %s", shown(payload.endpoint), said)
            self._end(payload, "refused", said)
            return True
        return self._later(payload, said)

    def _later(self, payload: Payload, said: Sentence) -> bool:
        pause_s = PAUSES_S[min(payload.tries, len(PAUSES_S) - 1)]
        if payload.tries == 0:
            log.warning("telemetry waits: %s: %s; it is tried again for a week", shown(payload.endpoint), said)
        with self._system.database.transaction() as db:
            store.put_off(db, payload.id, int(self._system.clock()) + pause_s, to_json(said))
        return False

    def _end(self, payload: Payload, outcome: str, said: Message | None = None) -> None:
        with self._system.database.transaction() as db:
            now = int(self._system.clock())
            store.end(db, payload.id, now, outcome, None if said is None else to_json(said))
