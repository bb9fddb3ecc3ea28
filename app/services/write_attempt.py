"""One write of one value: look, keep that it begins, write, read back, keep what became of it."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace

from app.messages import Message, Sentence, Unavailable
from app.polling import writing
from app.polling.writing import Written
from app.reading import Value
from app.services import write_budget
from app.services.outcome import Denied, Kind, Outcome, Reason
from app.services.write_wish import Target, Wish, check_stop
from app.store import audit, holds
from app.store.audit import Action, Intent, Result
from app.store.holds import Hold
from app.system import System
from drivers import limits
from drivers.base import Driver, Sample
from drivers.errors import DriverError, OutOfRange, Refused

log = logging.getLogger(__name__)


class Attempt:
    """One write of one value; nobody else writes to this heat pump meanwhile."""

    def __init__(self, system: System, wish: Wish, target: Target, driver: Driver) -> None:
        self._system = system
        self._wish = wish
        self._target = target
        self._driver = driver
        self._former = holds.find(system.database.connection(), wish.pump.id, target.sensor.id)

    def made(self, dry_run: bool) -> Outcome:
        """Raises Denied, or the DriverError of a look that failed before anything was written."""
        target = self._target
        try:
            sample = writing.look(self._driver, target.model, target.sensor)
        except OutOfRange as refusal:
            raise Denied(Reason.MACHINE, refusal) from refusal
        if self._nothing_to_do(sample):
            said = Message("it held this value already")
            return over(self._system, self._wish, "skipped", said, dry_run, old=sample.value, target=target)
        if dry_run:
            self._check_budget()
            return over(self._system, self._wish, "planned", _plan(target), True, old=sample.value, target=target)
        return self._write(sample.value)

    def _nothing_to_do(self, sample: Sample) -> bool:
        target = self._target
        if target.sensor.readable and not limits.same(target.sensor, sample, target.value):
            return False
        if target.held:  # the value may be there by chance; held it is only while we say so
            former = self._former
            return former is not None and (former.value, former.until) == (target.value, target.until)
        return target.sensor.readable and self._former is None

    def _check_budget(self) -> None:
        target, system = self._target, self._system
        if not write_budget.wears(target.sensor) or (target.at_rest and self._former is not None):
            return  # what is held may always be ended
        now = int(system.clock())
        db = system.database.connection()
        budget = write_budget.of(db, system.config, self._wish.pump.id, target.model, target.sensor, now)
        complaint = write_budget.complaint(budget, now)
        if complaint is not None:
            raise Denied(Reason.BUDGET, complaint)

    def _write(self, old: Value) -> Outcome:
        entry_id = self._begin(old)
        target = self._target
        try:
            written = writing.put(self._driver, target.model, target.sensor, target.value, self._system.ending.wait)
        except OutOfRange as refusal:
            self._finish(entry_id, "denied", Message(refusal.template, refusal.facts), None)
            raise Denied(Reason.MACHINE, refusal, entry_id) from refusal
        except BaseException:
            self._finish(entry_id, "unconfirmed", Message("it broke off for a reason of our own"), None)
            raise
        kind, said = _told(target, written)
        self._finish(entry_id, kind, said, written)
        read_back = None if written.seen is None else written.seen.value
        if written.seen is not None:
            target.reader.learn(target.sensor, read_back)
        wish = self._wish
        return Outcome(kind, said, wish.pump.id, target.sensor.id, old, target.value, read_back, entry_id=entry_id)

    def _begin(self, old: Value) -> int:
        """Keep that a write begins before it does: a program that is killed must not forget it."""
        system, target = self._system, self._target
        now = int(system.clock())
        intent = replace(_intent(self._wish, target), old=old)
        try:
            with system.database.transaction() as db:
                check_stop(db, self._wish.pump.id)
                self._check_budget()
                entry_id = audit.begin(db, intent, now, reached=True)
                if target.held:
                    holds.put(db, self._hold(now))
        except sqlite3.Error as error:
            raise Unavailable(
                "nothing is written while nothing can be kept about it: %(why)s", why=str(error)
            ) from error
        return entry_id

    def _hold(self, now: int) -> Hold:
        target = self._target
        return Hold(
            self._wish.pump.id, target.sensor.id, target.value, target.value, now, target.until, now, False,
            self._wish.actor,
        )  # fmt: skip

    def _finish(self, entry_id: int, kind: Result, said: Message, written: Written | None) -> None:
        now = int(self._system.clock())
        read_back = written.seen.value if written is not None and written.seen is not None else None
        reached = written.reached if written is not None else kind == "unconfirmed"
        try:
            with self._system.database.transaction() as db:
                audit.finish(db, entry_id, now, kind, said, read_back=read_back, reached=reached)
                self._settle_hold(db, kind)
        except sqlite3.Error as error:  # the entry stays open, and is unconfirmed after the next start
            log.error("the outcome of write %d could not be kept: %s", entry_id, error)

    def _settle_hold(self, db: sqlite3.Connection, kind: Result) -> None:
        """A value is held unless it is known not to be there; what was held before is then held again."""
        pump_id, sensor_id = self._wish.pump.id, self._target.sensor.id
        if self._target.held and kind in ("failed", "denied"):
            holds.remove(db, pump_id, sensor_id)
            if self._former is not None:
                holds.put(db, self._former)
        if not self._target.held and self._former is not None:
            if kind == "confirmed" or not self._target.sensor.readable:
                holds.remove(db, pump_id, sensor_id)
            else:
                holds.put(db, replace(self._former, releasing=True))


def _intent(wish: Wish, target: Target | None = None) -> Intent:
    action: Action = "undo" if wish.undoes is not None else "write"
    requested = target.value if target is not None else wish.requested
    return Intent(wish.actor, action, wish.pump.id, wish.pump.name, wish.sensor_id[:100], None, requested, wish.undoes)


def over(
    system: System,
    wish: Wish,
    kind: Kind,
    said: Message,
    dry_run: bool,
    *,
    old: Value = None,
    reason: Reason | None = None,
    target: Target | None = None,
) -> Outcome:
    """An outcome for which nothing went on the wire; it is kept unless it was only a question."""
    intent = replace(_intent(wish, target), old=old)
    entry_id = None
    if not dry_run and kind != "planned":
        with system.database.transaction() as db:
            entry_id = audit.note(db, intent, int(system.clock()), kind, said)
    return Outcome(
        kind, said, wish.pump.id, intent.sensor or "", old, intent.requested, reason=reason, entry_id=entry_id
    )


def _plan(target: Target) -> Message:
    if target.held:
        return Message("it would be written, and held until it ends or is released")
    return Message("it would be written")


def not_asked(failure: DriverError) -> Message:
    return Message("nothing was written, because the heat pump could not be asked first: %(why)s", _why(failure))


def _told(target: Target, written: Written) -> tuple[Result, Message]:
    """What became of a write that went on the wire."""
    if written.confirmed:
        return "confirmed", Message("it was written and read back")
    if written.failure is not None and not written.sent and written.seen is not None:
        facts = {**_why(written.failure), "value": _shown(written.seen.value)}
        return "failed", Message("the write failed (%(why)s); the heat pump still has %(value)s", facts)
    if isinstance(written.failure, Refused) and not written.sent:
        return "failed", Message("the heat pump refused it: %(why)s", _why(written.failure))
    if written.failure is not None:
        return "unconfirmed", Message("it was sent, but nobody knows whether it took: %(why)s", _why(written.failure))
    if not target.sensor.readable:
        return "unconfirmed", Message("the heat pump accepted it; what it did with it cannot be read")
    facts = {
        "seconds": f"{target.model.writes.within_s:g}",
        "value": _shown(written.seen.value if written.seen else None),
    }
    return "unconfirmed", Message("the heat pump accepted it, but after %(seconds)s s it still has %(value)s", facts)


def _why(failure: Sentence) -> dict[str, object]:
    return {"why": Message(failure.template, failure.facts)}


def _shown(value: Value) -> str:
    return "–" if value is None else str(value)
