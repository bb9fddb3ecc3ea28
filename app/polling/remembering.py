"""What alert rules know of a heat pump before its first reading: from the history, as far as they look back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from app.analysis import fitting
from app.analysis.recent import Recent
from app.analysis.rules import Rule
from app.analysis.terms import Silence
from app.polling.latest import Latest
from app.store import outages, readings


def remembered(db: sqlite3.Connection, heatpump_id: str, chosen: Iterable[Rule], latest: Latest, now: int) -> Recent:
    """What these rules look at: short stretches of the history, the last values, and an outage that goes on."""
    terms = [term for rule in chosen for term in rule.terms]
    windows = fitting.windows(terms)
    recent = Recent(fitting.sensors(terms), windows)
    stretches = [
        *windows,
        *((term.sensor, term.window_s) for term in terms if isinstance(term, Silence) and term.sensor),
    ]
    if stretches:
        looked_at = sorted({sensor for sensor, _ in stretches})
        start = now - max(seconds for _, seconds in stretches)
        for at, values in readings.samples(db, heatpump_id, looked_at, start, now + 1):
            recent.take(at, dict(zip(looked_at, values, strict=True)))
    samples = latest.of(heatpump_id)
    for sensor in recent.sensors & samples.keys():
        sample = samples[sensor]
        recent.asked[sensor] = (sample.at, sample.value)
        if sample.value is not None:
            recent.known[sensor] = (sample.at, sample.value)
    recent.read_at = latest.last_seen(heatpump_id)
    outage = outages.current(db).get(heatpump_id)
    recent.lost_since = None if outage is None else outage.since
    return recent
