"""Judges the owner's rules with every reading, in its transaction, and by the clock where no reading comes."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import tzinfo

from app.alert import State
from app.analysis import fitting, rules
from app.analysis.causes import cause
from app.analysis.fitting import Lacking, Machine
from app.analysis.recent import Recent
from app.analysis.rules import Rule
from app.messages import to_json
from app.polling import announcing
from app.polling.latest import Latest
from app.polling.remembering import remembered
from app.reading import Reading, Value
from app.store import alert_events, alerts, heatpumps, notifications, outages
from app.store.alerts import Alert
from app.store.database import Database
from app.store.heatpumps import HeatPump

log = logging.getLogger(__name__)

Describe = Callable[[HeatPump], Machine | None]
"""What rules must know about a heat pump; None when the catalogue knows nothing."""


@dataclass(slots=True)
class _Watched:
    """One heat pump: the rules that fit it, what is known of it, and where each rule stands."""

    pump: HeatPump
    changes: int
    rules: dict[int, tuple[Alert, Rule]]
    recent: Recent
    states: dict[int, State]
    timed: list[int] = field(default_factory=list)


class Watch:
    """One at a time, whoever asks: a poll, or the clock. What is known only in memory is read anew after a failure."""

    def __init__(
        self,
        database: Database,
        latest: Latest,
        describe: Describe,
        zone: tzinfo,
        clock: Callable[[], float],
        tell: Callable[[], None] = lambda: None,
    ) -> None:
        self.tell = tell
        """Called when messages wait, after they are committed; returns at once."""
        self._database = database
        self._latest = latest
        self._describe = describe
        self._zone = zone
        self._clock = clock
        self._turn = threading.Lock()
        self._watched: dict[str, _Watched] = {}
        self._rules: list[Alert] = []
        self._changes = -1
        self._begun_at: int | None = None
        self._heard: set[str] = set()
        self._judged: dict[int, State] = {}
        self._told = False
        self._trouble: str | None = None

    @contextmanager
    def turn(self, heatpump_id: str) -> Iterator[None]:
        """Around the transaction in which this heat pump is judged: only what is committed counts afterwards."""
        with self._turn:
            self._judged, self._told = {}, False
            try:
                yield
            except BaseException:
                self._watched.pop(heatpump_id, None)
                raise
            if self._judged:
                self._watched[heatpump_id].states |= self._judged
            told = self._told
        if told:
            self.tell()

    def read(self, db: sqlite3.Connection, pump: HeatPump, reading: Reading) -> None:
        """The heat pump was read. Call it in its turn, inside the transaction that keeps the reading."""
        self._heard.add(pump.id)
        watched = self._current(db, pump)
        if watched is None or not watched.rules:
            return
        watched.recent.take(
            reading.at, {column.sensor: value for column, value in zip(reading.columns, reading.values, strict=True)}
        )
        self._write(db, watched, self._changed(watched, list(watched.rules), reading.at), reading.at)

    def computed(self, db: sqlite3.Connection, pump: HeatPump, values: Mapping[str, Value], at: int) -> None:
        """Something was computed of its readings, such as its anomaly score; it is no reading, and judged once.

        Call it in its turn, inside the transaction that keeps these values.
        """
        watched = self._current(db, pump)
        if watched is None or not watched.recent.sensors & values.keys():
            return
        watched.recent.learn(at, values)
        concerned = [
            alert_id for alert_id, (_, rule) in watched.rules.items() if values.keys() & fitting.sensors(rule.terms)
        ]
        self._write(db, watched, self._changed(watched, concerned, at), at)

    def lose(self, db: sqlite3.Connection, pump: HeatPump, at: int) -> None:
        """The heat pump could not be read. Call it in its turn, inside the transaction that notes it."""
        self._heard.add(pump.id)
        watched = self._current(db, pump)
        if watched is None:
            return
        watched.recent.lose(at)
        self._write(db, watched, self._changed(watched, watched.timed, at), at)

    def tick(self) -> None:
        """Judge what needs no reading, remind, and close what nobody watches any more. Call it every few seconds."""
        try:
            self._look(int(self._clock()))
        except sqlite3.OperationalError as error:  # such as a full disk: nothing is lost by waiting
            if str(error) != self._trouble:
                log.error("alerts that need no reading are not judged: %s; it is tried again", error)
            self._trouble = str(error)
        else:
            self._trouble = None

    def clock_was_set(self, moved_s: float) -> None:
        """Begin anew, as after a start: nobody is offline or silent before he was tried, and what lasts goes on to."""
        now, moved = int(self._clock()), round(moved_s)
        with self._turn:
            self._watched.clear()
            self._heard.clear()
            self._begun_at = now
            with self._database.transaction() as db:
                alerts.move_states(db, moved)
                if moved < 0:
                    notifications.bring_forward(db, -moved, now)
        self.tell()

    def _look(self, now: int) -> None:
        db = self._database.connection()
        enabled = {pump.id: pump for pump in heatpumps.all_of_them(db) if pump.enabled}
        for pump in enabled.values():
            self._tick(pump, now)
        with self._turn:
            self._forget(db, set(self._watched) - set(enabled))
            told = self._remind(db, enabled, now)
        if told:
            self.tell()

    def _tick(self, pump: HeatPump, now: int) -> None:
        with self.turn(pump.id):
            watched = self._current(self._database.connection(), pump)
            if watched is None:
                return
            changed = self._changed(watched, watched.timed, now)
            if any(_worth_keeping(watched.states[alert_id], state) for alert_id, state in changed.items()):
                with self._database.transaction() as db:
                    self._write(db, watched, changed, now)
            else:
                self._judged = changed

    def _forget(self, db: sqlite3.Connection, gone: set[str]) -> None:
        """These are not read any more; when they are again, everything begins anew."""
        for heatpump_id in gone:
            with self._database.transaction():
                alerts.forget_states(db, heatpump_id)
            self._watched.pop(heatpump_id, None)
            self._heard.discard(heatpump_id)

    def _remind(self, db: sqlite3.Connection, enabled: Mapping[str, HeatPump], now: int) -> bool:
        events = alert_events.open_ones(db)
        orphans = [event for event in events if self._is_orphan(db, event, enabled)]
        if (
            not orphans
            and not announcing.due(events, now)
            and not alert_events.unsettled(db, now - announcing.SETTLED_S)
        ):
            return False
        with self._database.transaction():
            for event in orphans:
                announcing.closed(db, event, now, "unwatched")
                if event.alert_id is not None:
                    alerts.keep_state(db, event.alert_id, event.heatpump_id, State(()))
            return announcing.remind(db, {alert.id: alert.repeat_s for alert in self._rules}, now, self._zone)

    def _is_orphan(self, db: sqlite3.Connection, event: alert_events.Event, enabled: Mapping[str, HeatPump]) -> bool:
        """Nobody will ever close it: the rule is gone or off, the heat pump is off, or no longer has the sensor."""
        pump = enabled.get(event.heatpump_id)
        if pump is None:
            return True
        watched = self._current(db, pump)
        return watched is not None and event.alert_id not in watched.rules

    def _current(self, db: sqlite3.Connection, pump: HeatPump) -> _Watched | None:
        """What is watched of this heat pump, anew when it or a rule was changed; None when nothing is known of it."""
        changes = alerts.changes(db)
        if changes != self._changes:
            self._rules, self._changes = alerts.all_of_them(db), changes
        watched = self._watched.get(pump.id)
        if watched is not None and watched.changes == changes and watched.pump == pump:
            return watched
        machine = self._describe(pump)
        if machine is None:
            self._watched.pop(pump.id, None)
            return None
        watched = self._begin(db, pump, machine, changes)
        self._watched[pump.id] = watched
        return watched

    def _begin(self, db: sqlite3.Connection, pump: HeatPump, machine: Machine, changes: int) -> _Watched:
        fitting_ones: dict[int, tuple[Alert, Rule]] = {}
        for alert in self._rules:
            if alert.enabled and alert.heatpump_id in (None, pump.id):
                rule = fitting.fitted(alert.conditions, alert.for_s, machine)
                if not isinstance(rule, Lacking):
                    fitting_ones[alert.id] = (alert, rule)
        kept = alerts.states(db, pump.id)
        since = {event.alert_id: event.since for event in alert_events.open_ones(db, pump.id)}
        states = {
            alert_id: _fitting(kept.get(alert_id), rule, since.get(alert_id), self._latest.last_seen(pump.id))
            for alert_id, (_, rule) in fitting_ones.items()
        }
        now = int(self._clock())
        recent = remembered(db, pump.id, [rule for _, rule in fitting_ones.values()], self._latest, now)
        recent.unsure = pump.id not in self._heard
        if self._begun_at is None:
            self._begun_at = now
        recent.begun_at = self._begun_at
        timed = [alert_id for alert_id, (_, rule) in fitting_ones.items() if rule.timed]
        return _Watched(pump, changes, fitting_ones, recent, states, timed)

    def _changed(self, watched: _Watched, chosen: list[int], now: int) -> dict[int, State]:
        """alert → its new state, of those that have one. A rule that breaks costs neither the reading nor others."""
        changed = {}
        for alert_id in chosen:
            before = watched.states[alert_id]
            try:
                after = rules.evaluate(watched.rules[alert_id][1], before, watched.recent, now)
            except Exception:  # one broken rule must cost neither the reading nor the other rules
                log.exception("%s: rule %d failed for a reason of our own", watched.pump.id, alert_id)
                continue
            if after is not before:
                changed[alert_id] = after
        return changed

    def _write(self, db: sqlite3.Connection, watched: _Watched, changed: dict[int, State], now: int) -> None:
        for alert_id, state in changed.items():
            before = watched.states[alert_id]
            if _worth_keeping(before, state):
                alerts.keep_state(db, alert_id, watched.pump.id, state)
            if state.open and not before.open:
                self._open(db, watched, alert_id, state, now)
            elif before.open and not state.open:
                event = alert_events.open_one(db, alert_id, watched.pump.id)
                if event is not None:
                    self._told |= announcing.closed(db, event, now, "recovered")
        self._judged = changed

    def _open(self, db: sqlite3.Connection, watched: _Watched, alert_id: int, state: State, now: int) -> None:
        alert, rule = watched.rules[alert_id]
        if alert_events.open_one(db, alert_id, watched.pump.id) is not None:
            return  # it was open before its rule was changed, and still is
        causes = [cause(term, watched.recent, now) for term in rule.terms]
        outage = outages.current(db).get(watched.pump.id)
        if outage is not None:
            causes = [
                {**each, "reason": to_json(outage.reason)} if each["kind"] == "offline" else each for each in causes
            ]
        since = now if state.since is None else state.since
        self._told |= announcing.opened(db, alert, watched.pump.id, causes, since, now, self._zone)


def _worth_keeping(before: State, after: State) -> bool:
    """`seen` moves with every poll; writing that down would wear the disk for nothing."""
    return (before.held, before.since, before.open) != (after.held, after.since, after.open)


def _fitting(kept: State | None, rule: Rule, open_since: int | None, last_seen: int | None) -> State:
    """The state from before, if the rule still has that many conditions. An open event must find its end."""
    if kept is None or len(kept.held) != len(rule.terms):
        calm = rules.calm(rule)
        return calm if open_since is None else State(calm.held, open_since, None, True)
    seen = kept.seen if last_seen is None or kept.seen is None else max(kept.seen, last_seen)
    return State(kept.held, kept.since, seen, kept.open)
