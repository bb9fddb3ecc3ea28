"""Sends the messages that wait, each channel in a thread of its own: no poll waits for one, and no channel for another.

A message is claimed before it is sent and marked after it arrived. Killed between the two, nobody knows whether it
arrived: then it is sent once more, saying so, with the same mark. So every message arrives at least once, and twice
only when the program was killed in the very moment of sending it.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping
from datetime import tzinfo

from app.analysis import hours
from app.messages import Message, to_json
from app.notify import delivery
from app.notify.delivery import Undelivered
from app.notify.kinds import KINDS
from app.store import alert_events, channels, heatpumps, notifications
from app.store.alert_events import Event
from app.store.channel_secrets import ChannelSecrets
from app.store.channels import Channel
from app.store.database import Database
from app.store.heatpumps import HeatPump
from app.store.notifications import Notification
from drivers.sensor import Sensor

LONGEST_WAIT_S = 30.0
PAUSES_S = (15, 60, 300, 900, 3600)
"""After the first, second … failure; the last one for all further ones."""

GIVEN_UP_S = 86_400
"""What could not be sent for a day is no news any more."""

log = logging.getLogger(__name__)

SensorsOf = Callable[[HeatPump], Mapping[str, Sensor]]


class Sender:
    """`clock` gives UTC seconds; `site` is the address under which the pages can be reached."""

    def __init__(
        self,
        database: Database,
        secrets: ChannelSecrets,
        sensors_of: SensorsOf,
        zone: tzinfo,
        clock: Callable[[], float],
        site: str = "",
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._sensors_of = sensors_of
        self._zone = zone
        self._clock = clock
        self._site = site
        self._ending = threading.Event()
        self._news = threading.Event()
        self._lines: dict[int, _Line] = {}
        # a daemon, as the lines are: a server that hangs must not hold up the end, and what waits is in the database
        self._thread = threading.Thread(target=self._run, name="notifications", daemon=True)

    def start(self) -> None:
        with self._database.transaction() as db:
            doubtful = notifications.release(db)
        if doubtful:
            log.warning("%d messages were being sent when the program ended; they are sent again", doubtful)
        self._thread.start()

    def tell(self) -> None:
        """Messages wait; returns at once."""
        self._news.set()

    def stop(self) -> None:
        """Begin to send nothing more."""
        self._ending.set()
        self._news.set()
        for line in list(self._lines.values()):
            line.news.set()

    def broke_off(self) -> bool:
        """Whether the thread that looks for messages ended without being asked to."""
        return self._thread.ident is not None and not self._thread.is_alive() and not self._ending.is_set()

    def ended(self, grace_s: float) -> bool:
        """Wait so long for what is being sent; False when it still hangs."""
        threads = [self._thread, *(line.thread for line in list(self._lines.values()))]
        for thread in threads:
            if thread.is_alive():
                thread.join(grace_s / len(threads))
        return not any(thread.is_alive() for thread in threads)

    def send_due(self, channel_id: int) -> None:
        """Everything that is to be sent to one channel now, in order. One that fails holds up the next."""
        db = self._database.connection()
        for notification in notifications.due(db, int(self._clock())).get(channel_id, []):
            if self._ending.is_set() or not self._send(db, notification):
                return

    def _run(self) -> None:
        if channels.all_of_them(self._database.connection()):
            delivery.prepare()
        while not self._ending.is_set():
            wait_s = LONGEST_WAIT_S
            try:
                db = self._database.connection()
                for channel_id in notifications.due(db, int(self._clock())):
                    self._line(channel_id).news.set()
                next_due = notifications.next_due(db)
                if next_due is not None:
                    wait_s = min(LONGEST_WAIT_S, max(1.0, next_due - self._clock()))
            except sqlite3.Error as error:
                log.error("messages cannot be looked for: %s; it is tried again", error)
            self._news.wait(wait_s)
            self._news.clear()

    def _line(self, channel_id: int) -> _Line:
        if channel_id not in self._lines:
            self._lines[channel_id] = _Line(channel_id, self.send_due, self._ending)
        return self._lines[channel_id]

    def _send(self, db: sqlite3.Connection, notification: Notification) -> bool:
        """False when the channel does not take messages now."""
        channel = channels.find(db, notification.channel_id)
        event = alert_events.find(db, notification.event_id)
        pump = heatpumps.find(db, event.heatpump_id) if event is not None else None
        if channel is None or event is None or pump is None:
            return True  # removed meanwhile, and the message with it
        now = int(self._clock())
        if not channel.enabled or self._is_old_news(db, notification, event):
            notifications.give_up(db, notification.id, "superseded" if channel.enabled else "channel off")
            return True
        quiet_until = quiet_end(channel, event, now, self._zone)
        if quiet_until is not None:
            notifications.put_off(db, notification.id, quiet_until)
            return True
        if not notifications.claim(db, notification.id, now):
            return True
        try:
            return self._deliver(channel, pump, event, notification, now)
        except Exception:
            notifications.put_off(db, notification.id, now + PAUSES_S[-1])  # else it would be claimed for good
            raise

    def _is_old_news(self, db: sqlite3.Connection, notification: Notification, event: Event) -> bool:
        """It had to wait, and meanwhile there is something newer to say, or somebody knows already."""
        if notification.due_at == notification.created_at and not notification.tries:
            return False
        told = event.acknowledged_at is not None and notification.kind != "recovered"
        return told or notifications.newer_waits(db, notification)

    def _deliver(self, channel: Channel, pump: HeatPump, event: Event, notification: Notification, now: int) -> bool:
        from app.notify import composing  # who never sends anything need not carry the translations
        from app.telling import Speaker

        speaker = Speaker(channel.language, composing.translations(channel.language).gettext, self._zone)
        text = composing.text(speaker, pump.name, self._sensors_of(pump).get, event, notification, now, self._site)
        try:
            delivery.send(channel.kind, self._fields(channel), text.title, text.body, text.severity)
        except Undelivered as failure:
            self._note_failed(channel, notification, failure.reason)
            return False
        with self._database.transaction() as db:
            at = int(self._clock())
            notifications.arrived(db, notification.id, at)
            channels.note_sent(db, channel.id, at)
        if channel.failure is not None:
            log.info("channel %d (%s) takes messages again", channel.id, channel.name)
        return True

    def _fields(self, channel: Channel) -> dict[str, str]:
        kept = self._secrets.get(channel.secret)
        if kept is None and KINDS[channel.kind].secrets:
            raise Undelivered(Message("its address or password is not on this computer; enter it again"))
        return {**channel.shown, **(kept or {})}

    def _note_failed(self, channel: Channel, notification: Notification, reason: Message) -> None:
        now = int(self._clock())
        pause_s = PAUSES_S[min(notification.tries, len(PAUSES_S) - 1)]
        with self._database.transaction() as db:
            notifications.put_off(db, notification.id, now + pause_s, to_json(reason))
            if now - notification.created_at >= GIVEN_UP_S:
                notifications.give_up(db, notification.id, "failed")
            channels.note_failed(db, channel.id, to_json(reason), now)
        if channel.failure is None:
            log.warning("channel %d (%s) does not take messages: %s", channel.id, channel.name, reason)


class _Line:
    """The thread of one channel; it works when there is news."""

    def __init__(self, channel_id: int, send_due: Callable[[int], None], ending: threading.Event) -> None:
        self.news = threading.Event()
        self._channel_id = channel_id
        self._send_due = send_due
        self._ending = ending
        self.thread = threading.Thread(target=self._run, name=f"channel {channel_id}", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while True:
            self.news.wait()
            self.news.clear()
            if self._ending.is_set():
                return
            try:
                self._send_due(self._channel_id)
            except Exception:  # the edge of a thread: it must go on
                log.exception("channel %d failed for a reason of our own", self._channel_id)


def quiet_end(channel: Channel, event: Event, now: int, zone: tzinfo) -> int | None:
    """When the quiet hours of this channel end; None when the event may be told now."""
    if channel.quiet_from is None or channel.quiet_to is None:
        return None
    if event.severity == "critical" and channel.always_critical:
        return None
    return hours.end(channel.quiet_from, channel.quiet_to, hours.EVERY_DAY, now, zone)
