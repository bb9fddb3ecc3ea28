"""An installation with a rule that a reading makes true, and somebody who takes messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.alert import Condition
from app.config import Config
from app.polling import pipeline
from app.reading import Column, Reading
from app.services import heatpumps
from app.store import alert_events, alerts, channels, notifications
from app.store.alerts import Alert
from app.store.channels import Channel
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from tests.notify.receivers import MailReceiver, WebReceiver, mail_receiver, web_receiver

T0 = 1_763_730_000
"""14:00 in Berlin."""

SECRET = "s3cr3t-token-of-this-test"
WEBHOOK = Channel(0, "hook", "webhook", "hook", {}, "en", "info", None, None, True, True)


@dataclass
class Sending:
    """`now` is what the clock says; the sender runs only when a test starts it."""

    system: System
    pump: HeatPump
    now: int = T0

    @property
    def db(self) -> Any:
        return self.system.database.connection()

    def channel(self, fields: dict[str, str], channel: Channel = WEBHOOK, **more: Any) -> Channel:
        self.system.channel_secrets.put(channel.secret, fields)
        with self.system.database.transaction() as db:
            return channels.add(db, replace(channel, **more), self.now)

    def read(self, hot_water: float) -> None:
        self.now += 1
        reading = Reading(self.pump.id, self.now, (Column("temp_hot_water", "°C", "float64"),), (hot_water,))
        pipeline.keep(self.system.database, reading, watch=(self.system.watch, self.pump))

    def rows(self) -> list[notifications.Notification]:
        events = alert_events.log(self.db, limit=10)
        return [row for event in reversed(events) for row in notifications.of_event(self.db, event.id)]


@pytest.fixture
def sending(tmp_path: Path, idm: dict[str, object]) -> Iterator[Sending]:
    system = assemble(Config(tmp_path, site="https://heat.example"))
    made = Sending(system, heatpumps.add(system, idm))
    system.clock = lambda: made.now
    rule = Alert(
        0,
        None,
        None,
        "too cold",
        (Condition("threshold", "temp_hot_water", "below", 40.0),),
        0,
        "warning",
        None,
        "call Anna",
        True,
    )
    with system.database.transaction() as db:
        alerts.add(db, rule, T0)
    yield made
    system.sender.stop()
    system.sender.ended(5)
    system.database.close()


@pytest.fixture
def web() -> Iterator[WebReceiver]:
    with web_receiver() as receiver:
        yield receiver


@pytest.fixture
def mail() -> Iterator[MailReceiver]:
    with mail_receiver(SECRET) as receiver:
        yield receiver
