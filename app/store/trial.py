"""A second installation with what the owner has set up, but without its history: to try things out on."""

from __future__ import annotations

import sqlite3

SET_UP = (
    "users", "heatpumps", "counters", "retention", "metering", "tariffs", "write_stops", "write_permits", "jobs",
    "alerts", "channels", "maintenance", "annotations", "meters", "dashboards", "preferences",
    "choices", "taken_over",
)  # fmt: skip


def copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Into an empty database of today. Notes of events stay behind, as the events do."""
    there = {name for (name,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in (each for each in SET_UP if each in there):
        columns = [row[1] for row in source.execute(f"PRAGMA table_info({table})")]
        named, marks = ", ".join(columns), ", ".join("?" * len(columns))
        which = " WHERE event_id IS NULL" if "event_id" in columns else ""
        target.executemany(
            f"INSERT OR REPLACE INTO {table} ({named}) VALUES ({marks})",
            map(tuple, source.execute(f"SELECT {named} FROM {table}{which}")),
        )
