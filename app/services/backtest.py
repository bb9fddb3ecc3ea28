"""How often a rule would have fired in the past: the same judgement as with a reading, on the kept history."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.analysis import fitting
from app.analysis.fitting import Lacking, Machine
from app.analysis.rules import Rule
from app.calendar import DAY_S
from app.services import heatpumps
from app.store import outages
from app.store.alerts import Alert
from app.store.heatpumps import HeatPump
from app.system import System

if TYPE_CHECKING:
    from app.analysis.replay import Episode, Past

DAYS = 90
LOOK_S = 60
"""Where no reading came, the clock would have looked; once a minute is close enough for what happened long ago."""


@dataclass(frozen=True, slots=True)
class Tested:
    """One heat pump: what the rule would have found, or the sensors that the heat pump lacks for it.

    `since`: from when on there is history; None without any. `damaged`: stretches that could not be read.
    """

    pump: HeatPump
    episodes: tuple[Episode, ...]
    lacking: tuple[str, ...]
    since: int | None
    damaged: int


def run(system: System, alert: Alert) -> list[Tested]:
    """What this rule would have found in the last `DAYS` days, for each heat pump that it is about."""
    chosen = heatpumps.all_of_them(system) if alert.heatpump_id is None else [heatpumps.get(system, alert.heatpump_id)]
    return [tested(system, pump, alert) for pump in chosen]


def tested(system: System, pump: HeatPump, alert: Alert) -> Tested:
    """The same for one heat pump."""
    machine = system.machine(pump)
    if machine is None:
        return Tested(pump, (), (), None, 0)
    rule = fitting.fitted(alert.conditions, alert.for_s, machine)
    if isinstance(rule, Lacking):
        return Tested(pump, (), rule.sensors, None, 0)
    return _replayed(system.database.connection(), pump, machine, rule, int(system.clock()))


def _replayed(db: sqlite3.Connection, pump: HeatPump, machine: Machine, rule: Rule, now: int) -> Tested:
    from app.analysis import replay  # numpy costs memory that a process without history need not carry

    start = now - DAYS * DAY_S
    lead_s = max([seconds for _, seconds in fitting.windows(rule.terms)], default=0)
    past, damaged = _past(db, pump, rule, start - lead_s, now + 1)
    episodes = [each for each in replay.episodes(rule, past) if each.opened_at >= start]
    first = int(past.times[0]) if len(past.times) else None
    return Tested(pump, tuple(episodes), (), None if first is None else max(first, start), damaged)


def _past(db: sqlite3.Connection, pump: HeatPump, rule: Rule, start: int, end: int) -> tuple[Past, int]:
    """What was known: at every reading, and for a rule that needs none also between them."""
    import numpy as np

    from app.analysis.replay import Past, Told
    from app.store import past

    times, told, damaged = past.read(db, pump.id, fitting.sensors(rule.terms), start, end)
    lost = [(each.since, each.until or end) for each in outages.within(db, pump.id, start, end)]
    if not rule.timed:
        at, read = times, np.ones(len(times), np.bool_)
        places = np.arange(len(times))
    else:
        between = _between(times.tolist(), lost, end)
        at = np.concatenate([times, np.array(between, np.int64)])
        order = np.argsort(at, kind="stable")
        at, read = at[order], (order < len(times))
        places = np.flatnonzero(read)
    columns = {}
    for sensor, each in told.items():
        values, asked = np.full(len(at), np.nan), np.zeros(len(at), np.bool_)
        values[places], asked[places] = each.values, each.asked
        columns[sensor] = Told(values, asked, each.words)
    was_lost = np.zeros(len(at), np.bool_)
    for since, until in lost:
        was_lost |= (at >= since) & (at < until) & ~read
    return Past(at, read, was_lost, columns), damaged


def _between(times: Sequence[int], lost: Sequence[tuple[int, int]], end: int) -> list[int]:
    """A moment per minute wherever two readings are further apart than that, and when each outage began."""
    found = [since for since, _ in lost]
    for before, after in zip(times, [*times[1:], end], strict=True):
        if after - before > LOOK_S:
            found += range(before + LOOK_S, after, LOOK_S)
    if not times:
        found += [at for since, until in lost for at in range(since + LOOK_S, until, LOOK_S)]
    return sorted(set(found) - set(times))
