"""Commands that arrive over MQTT: bounded, never late, and carried out by the one guarded way to write."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from time import monotonic
from typing import Any

import orjson

from app.messages import Message, Rejected
from app.mqtt import controls
from app.notify import composing
from app.services import control, heatpumps, models
from app.services.outcome import Outcome
from app.store import write_rules
from app.store.audit import Actor
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.model import Model
from drivers.sensor import Sensor

ACTOR = Actor("program", "mqtt")

AT_ONCE = 4
"""Heat pumps that are written to at the same time; one that hangs holds up its own commands."""
MOST_WAITING = 20
MOST_A_MINUTE = 60
"""What comes beyond that is not even looked at: a loop somewhere in the house must not fill the log of changes."""
LATEST_S = 60.0
"""A command that could not begin by then is not carried out any more: whoever sent it has given up."""
MOST_UNTOLD = 1_000
"""Refusals that wait to be told; those beyond are only counted."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Command:
    """Somebody wants this content for a setting; `came_at` in monotonic seconds."""

    heatpump_id: str
    sensor_id: str
    content: bytes
    came_at: float


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a command, as it is published."""

    heatpump_id: str
    content: str


@dataclass(slots=True)
class Counts:
    """Since the program began: commands that were carried out or denied, and those that were refused unseen."""

    answered: int = 0
    refused: int = 0


class Commands:
    """One waiting room for all heat pumps, where the newest command of a setting takes the place of an older one."""

    def __init__(self, system: System, ticks: Callable[[], float] = monotonic) -> None:
        self.counts = Counts()
        self._system = system
        self._ticks = ticks
        self._waiting: dict[tuple[str, str], Command] = {}
        self._results: deque[Result] = deque()
        self._came: deque[float] = deque(maxlen=MOST_A_MINUTE)
        self._busy: set[str] = set()
        self._ending = False
        self._turn = threading.Condition()
        self._threads = [
            threading.Thread(target=self._run, name=f"mqtt-command-{number}", daemon=True) for number in range(AT_ONCE)
        ]
        self._translate = composing.translations(system.config.mqtt_language).gettext

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Begin nothing more."""
        with self._turn:
            self._ending = True
            self._waiting.clear()
            self._turn.notify_all()

    def wait(self, grace_s: float) -> bool:
        """Until what is on the wire is over; False when it is not in time."""
        deadline = monotonic() + grace_s
        for thread in self._threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def take(self, heatpump_id: str, sensor_id: str, content: bytes, *, retained: bool) -> None:
        """A command came. Returns at once; what becomes of it is found in `results`."""
        if not content:
            return  # that is how a retained message is removed
        command = Command(heatpump_id, sensor_id, content, self._ticks())
        with self._turn:
            older = self._waiting.get((heatpump_id, sensor_id))
            refusal = self._refusal(command, retained, older is not None)
            if refusal is not None:
                self._refuse(command, refusal)
                return
            if older is not None:
                self._refuse(older, Message("a newer command for this setting came"))
            self._waiting[heatpump_id, sensor_id] = command
            self._turn.notify()

    def results(self) -> list[Result]:
        """What is to be told; each is handed out once."""
        with self._turn:
            found = list(self._results)
            self._results.clear()
        return found

    def _refusal(self, command: Command, retained: bool, takes_a_place: bool) -> Message | None:
        """Why it is not even looked at, or None; one that takes the place of another needs none of its own."""
        if retained:
            return Message("the broker had kept it, so nobody knows how old it is; publish commands without retain")
        if takes_a_place:
            return None
        now = command.came_at
        if len(self._came) == MOST_A_MINUTE and now - self._came[0] < 60.0:
            return Message("more than %(most)d commands came within a minute", {"most": MOST_A_MINUTE})
        if len(self._waiting) >= MOST_WAITING:
            return Message("%(most)d commands wait already", {"most": MOST_WAITING})
        self._came.append(now)
        return None

    def _refuse(self, command: Command, why: Message) -> None:
        if not self.counts.refused:
            log.warning("a command over MQTT for %s of %s is refused: %s", command.sensor_id, command.heatpump_id, why)
        self.counts.refused += 1
        if len(self._results) < MOST_UNTOLD:
            self._results.append(self._result(command, "refused", self._said(why, None)))

    def _run(self) -> None:
        while (command := self._next()) is not None:
            late_s = self._ticks() - command.came_at
            if late_s > LATEST_S:
                said = Message("it could not begin for %(seconds)d s, which is too late", {"seconds": round(late_s)})
                with self._turn:
                    self._refuse(command, said)
            else:
                result = self._carried_out(command)
                with self._turn:
                    self.counts.answered += 1
                    self._results.append(result)
            with self._turn:
                self._busy.discard(command.heatpump_id)
                self._turn.notify()

    def _next(self) -> Command | None:
        """The command that waits longest among heat pumps that are free; None at the end."""
        with self._turn:
            while not self._ending:
                free = next((each for each in self._waiting.values() if each.heatpump_id not in self._busy), None)
                if free is not None:
                    self._busy.add(free.heatpump_id)
                    return self._waiting.pop((free.heatpump_id, free.sensor_id))
                self._turn.wait()
        return None

    def _carried_out(self, command: Command) -> Result:
        sensor: Sensor | None = None
        try:
            sensor = self._sensor(command)
            value = controls.wanted(sensor, command.content)
            outcome = control.set_value(self._system, ACTOR, command.heatpump_id, command.sensor_id, value)
        except Rejected as refusal:
            return self._result(command, "denied", self._said(refusal.message, sensor))
        except sqlite3.Error as error:
            said = Message("nothing is written while nothing can be kept about it: %(why)s", {"why": str(error)})
            return self._result(command, "failed", self._said(said, sensor))
        except Exception:  # the edge of a thread: it must go on
            log.exception("a command over MQTT for %s broke off", command.heatpump_id)
            said = Message("it broke off for a reason of our own")
            return self._result(command, "unconfirmed", self._said(said, sensor))
        return self._result(command, outcome.kind, self._said(outcome.said, sensor), outcome)

    def _sensor(self, command: Command) -> Sensor | None:
        """Raises NotFound for an unknown heat pump."""
        model = models.of(self._system, heatpumps.get(self._system, command.heatpump_id))
        return None if model is None else model.every_sensor.get(command.sensor_id)

    def _result(self, command: Command, word: str, text: str, outcome: Outcome | None = None) -> Result:
        content: dict[str, Any] = {
            "at": int(self._system.clock()),
            "sensor": command.sensor_id[: controls.LONGEST],
            "sent": command.content[: controls.LONGEST].decode("utf-8", "replace"),
            "outcome": word,
            "text": text,
        }
        if outcome is not None:
            content |= {"reason": outcome.reason, "old": outcome.old, "requested": outcome.requested}
            content |= {"read_back": outcome.read_back, "audit_id": outcome.entry_id}
        return Result(command.heatpump_id, orjson.dumps(content).decode())

    def _said(self, message: Message, sensor: Sensor | None) -> str:
        """In the language of the descriptions, the setting by its title."""
        facts = {name: self._fact(fact, sensor) for name, fact in message.facts.items()}
        if sensor is not None and "sensor" in facts:
            facts["sensor"] = sensor.title[self._system.config.mqtt_language]
        return self._translate(message.template) % facts

    def _fact(self, fact: object, sensor: Sensor | None) -> object:
        if isinstance(fact, Message):
            return self._said(fact, sensor)
        return round(fact) if isinstance(fact, float) and fact.is_integer() else fact  # 30, not 30.0


def offered(system: System, pump: HeatPump, model: Model, there: Collection[str]) -> list[Sensor]:
    """The settings that somebody may be offered: writable here, and `there`, or such that no value tells of them."""
    permits = write_rules.permitted(system.database.connection(), pump.id)
    return [
        sensor
        for sensor in model.every_sensor.values()
        if sensor.write is not None
        and sensor.fitted(pump.options)
        and (sensor.confirmed or sensor.id in permits)
        and (sensor.id in there or sensor.write.held or not sensor.readable)
    ]
