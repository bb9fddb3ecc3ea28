"""An installation whose clock a test turns: what is read, what is lost, which events and messages follow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from app.alert import Condition, Severity
from app.polling import pipeline
from app.reading import Column, Reading, Value
from app.store import alert_events, alerts, channels, notifications
from app.store.alert_events import Event
from app.store.alerts import Alert
from app.store.channels import Channel
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from drivers.errors import Unreachable

T0 = 1_763_730_000
COLD = Condition("threshold", "temp_hot_water", "below", 40.0, hysteresis=2.0)
HOUR_S = 3600


@dataclass
class House:
    """An installation whose clock this test turns; nobody polls by itself."""

    system: System
    pump: HeatPump
    now: int = T0

    @property
    def db(self) -> Any:
        return self.system.database.connection()

    def rule(self, *conditions: Condition, **more: Any) -> Alert:
        severity: Severity = more.pop("severity", "warning")
        alert = Alert(0, None, None, "the rule", conditions, more.pop("for_s", 0), severity, None, "", True)
        with self.system.database.transaction() as db:
            return alerts.add(db, replace(alert, **more), self.now)

    def channel(self, least: Severity = "info") -> Channel:
        channel = Channel(0, "phone", "webhook", f"s{least}", {}, "en", least, None, None, True, True)
        with self.system.database.transaction() as db:
            return channels.add(db, channel, self.now)

    def read(self, after_s: int = 60, /, **values: Value) -> None:
        self.now += after_s
        columns = tuple(
            Column(name, "", "text" if isinstance(value, str) else "float64") for name, value in values.items()
        )
        reading = Reading(self.pump.id, self.now, columns, tuple(values.values()))
        pipeline.keep(self.system.database, reading, watch=(self.system.watch, self.pump))
        self.system.latest.put(reading)

    def lose(self, after_s: int = 60) -> None:
        self.now += after_s
        reason = Unreachable("nobody answers at %(address)s", address="there")
        pipeline.lose(self.system.database, self.pump.id, self.now, reason, (self.system.watch, self.pump))

    def wait(self, seconds: int) -> None:
        self.now += seconds
        self.system.watch.tick()

    def begin_again(self) -> None:
        """The program ended and began again."""
        folder = self.system.config
        self.system.database.close()
        self.system = assemble(folder, lambda: self.now)
        self.system.latest.load(self.db)

    def events(self, name: str = "the rule") -> list[Event]:
        return [event for event in alert_events.log(self.db, limit=100) if event.name == name or event.builtin == name]

    def open(self, name: str = "the rule") -> bool:
        return any(event.closed_at is None for event in self.events(name))

    def messages(self) -> list[str]:
        return [each.kind for event in reversed(self.events()) for each in notifications.of_event(self.db, event.id)]
