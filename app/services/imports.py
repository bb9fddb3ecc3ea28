"""Take history from a CSV file: good lines are kept, every bad one is named, and a second time changes nothing."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import IO

from app.messages import Rejected
from app.reading import Reading
from app.services import heatpumps, models
from app.services.import_lines import AHEAD_S, BadLine, Lines
from app.store import columns, readings
from app.system import System

BATCH = 500
"""Lines per transaction: a fraction of a second, so that polling never waits long for its turn."""

MOST_COMPLAINTS = 20
DAY_S = 86400


@dataclass(slots=True)
class Report:
    """How many readings were kept or there before, and which lines were refused: the first ones, and how many."""

    unknown: tuple[str, ...] = ()
    kept: int = 0
    there: int = 0
    empty: int = 0
    refused: int = 0
    complaints: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, number: int, reason: BadLine) -> None:
        self.refused += 1
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.append((number, str(reason)))


def take(system: System, heatpump_id: str, file: IO[bytes], progress: Callable[[int], None] = lambda _: None) -> Report:
    """Keep the readings of a CSV file for this heat pump; `progress` is told how many bytes were read so far.

    Raises NotFound for an unknown heat pump or model, Invalid for a file that is none of ours, and Rejected when the
    database cannot keep them; what was kept until then stays.
    """
    pump = heatpumps.get(system, heatpump_id)
    model = models.with_meters(system, models.get(system, pump.manufacturer, pump.model))
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    report = Report()
    try:
        lines = Lines(text, model, int(system.clock()) + AHEAD_S)
        report.unknown = lines.heading.unknown
        found = _good(lines.each(pump.id), report)
        while batch := list(islice(found, BATCH)):
            kept = keep(system, pump.id, batch)
            report.kept += kept
            report.there += len(batch) - kept
            progress(file.tell())
        progress(file.tell())
    except sqlite3.Error as error:
        raise Rejected(
            "the database cannot keep more of it: %(reason)s; readings kept before: %(number)d",
            reason=str(error),
            number=report.kept,
        ) from error
    finally:
        text.detach()
    return report


def _good(lines: Iterable[tuple[int, Reading | BadLine | None]], report: Report) -> Iterator[Reading]:
    for number, found in lines:
        if isinstance(found, BadLine):
            report.refuse(number, found)
        elif found is None:
            report.empty += 1
        else:
            yield found


def keep(system: System, heatpump_id: str, batch: list[Reading]) -> int:
    """How many of them are new; a second that has a reading keeps it."""
    new = 0
    with system.database.transaction() as db:
        taken = _taken(db, heatpump_id, {reading.at for reading in batch})
        for reading in batch:
            if reading.at not in taken:
                readings.add(db, reading)
                taken.add(reading.at)
                new += 1
    return new


def _taken(db: sqlite3.Connection, heatpump_id: str, seconds: set[int]) -> set[int]:
    """Which of these seconds have a reading; looked up day by day, so that a file in any order is bearable."""
    sensors = list(dict.fromkeys(column.sensor for column in columns.of(db, heatpump_id)))
    days: dict[int, list[int]] = {}
    for at in seconds:
        days.setdefault(at // DAY_S, []).append(at)
    return {
        at
        for ats in days.values()
        for at, _ in readings.samples(db, heatpump_id, sensors, min(ats), max(ats) + 1)
        if at in seconds
    }
