"""A process that closes days and merges them until it is killed."""

from __future__ import annotations

from multiprocessing.synchronize import Event
from pathlib import Path

from app.store import compaction
from app.store.database import Database

DAY = 86400
T0 = 1_700_006_400
"""Midnight UTC, 2023-11-15."""


def close_everything(path: Path, begun: Event) -> None:
    database = Database(path)
    begun.set()
    while True:
        for day in range(4):
            compaction.close(database, "hp-001", T0 + day * DAY, T0 + (day + 1) * DAY)
        compaction.merge(database, "hp-001", T0, T0 + 4 * DAY)
