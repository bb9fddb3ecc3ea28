"""The samples of all polls: adding a reading, the last values, and a series over a range."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.reading import Column, Reading, Value
from app.store.packing import Packing

LOOK_BACK_POLLS = 200
"""How far the last values are looked for: enough to find the slow settings between many fast polls."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One sensor's value and when it was read (UTC seconds)."""

    at: int
    value: Value


@dataclass(frozen=True, slots=True)
class _Layout:
    columns: tuple[Column, ...]
    packing: Packing

    def place(self, sensor: str) -> int | None:
        return next((index for index, column in enumerate(self.columns) if column.sensor == sensor), None)


def add(db: sqlite3.Connection, reading: Reading) -> bool:
    """Keep one reading; call it inside a transaction. A second reading of the same second is not kept: False."""
    layout_id = _layout_id(db, reading.heatpump_id, reading.columns)
    packing = Packing([column.storage for column in reading.columns])
    numbers = [_text_id(db, value) if isinstance(value, str) else value for value in reading.values]
    cursor = db.execute(
        "INSERT INTO polls (heatpump_id, at, layout_id, samples) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (reading.heatpump_id, reading.at, layout_id, packing.pack(numbers)),
    )
    return cursor.rowcount == 1


def latest(db: sqlite3.Connection, heatpump_id: str) -> dict[str, Sample]:
    """The last value of every sensor of a heat pump, each with its own time."""
    rows = db.execute(
        "SELECT at, layout_id, samples FROM polls WHERE heatpump_id = ? ORDER BY at DESC LIMIT ?",
        (heatpump_id, LOOK_BACK_POLLS),
    )
    layouts = _layouts(db, heatpump_id)
    texts = _texts(db)
    found: dict[str, Sample] = {}
    seen: set[int] = set()
    for row in rows:
        if row["layout_id"] in seen:
            continue
        seen.add(row["layout_id"])
        layout = layouts[row["layout_id"]]
        for column, number in zip(layout.columns, layout.packing.unpack(row["samples"]), strict=True):
            found.setdefault(column.sensor, Sample(row["at"], _value(column, number, texts)))
    return found


def samples(
    db: sqlite3.Connection, heatpump_id: str, sensors: Sequence[str], start: int, end: int
) -> Iterator[tuple[int, list[Value]]]:
    """(time, value per sensor) of every poll with start <= time < end that asked for one of the sensors."""
    layouts = _layouts(db, heatpump_id)
    texts = _texts(db)
    places = {layout_id: [layout.place(sensor) for sensor in sensors] for layout_id, layout in layouts.items()}
    rows = db.execute(
        "SELECT at, layout_id, samples FROM polls WHERE heatpump_id = ? AND at >= ? AND at < ? ORDER BY at",
        (heatpump_id, start, end),
    )
    for at, layout_id, packed in rows:
        layout = layouts[layout_id]
        yield (
            at,
            [
                None if place is None else _value(layout.columns[place], layout.packing.value(packed, place), texts)
                for place in places[layout_id]
            ],
        )


def sensors(db: sqlite3.Connection, heatpump_id: str) -> list[str]:
    """Every sensor that this heat pump was ever asked for."""
    rows = db.execute("SELECT DISTINCT sensor FROM series WHERE heatpump_id = ? ORDER BY sensor", (heatpump_id,))
    return [row["sensor"] for row in rows]


def count(db: sqlite3.Connection, heatpump_id: str) -> int:
    """How many polls of this heat pump are kept."""
    number: int = db.execute("SELECT count(*) FROM polls WHERE heatpump_id = ?", (heatpump_id,)).fetchone()[0]
    return number


def _layout_id(db: sqlite3.Connection, heatpump_id: str, columns: Sequence[Column]) -> int:
    known = {
        (row["sensor"], row["unit"], row["storage"]): row["id"]
        for row in db.execute("SELECT id, sensor, unit, storage FROM series WHERE heatpump_id = ?", (heatpump_id,))
    }
    ids = [known.get((each.sensor, each.unit, each.storage)) or _new_series(db, heatpump_id, each) for each in columns]
    content = (heatpump_id, json.dumps(ids))
    row = db.execute("SELECT id FROM layouts WHERE heatpump_id = ? AND series = ?", content).fetchone()
    if row is None:
        row = db.execute("INSERT INTO layouts (heatpump_id, series) VALUES (?, ?) RETURNING id", content).fetchone()
    layout_id: int = row[0]
    return layout_id


def _new_series(db: sqlite3.Connection, heatpump_id: str, column: Column) -> int:
    series_id: int = db.execute(
        "INSERT INTO series (heatpump_id, sensor, unit, storage) VALUES (?, ?, ?, ?) RETURNING id",
        (heatpump_id, column.sensor, column.unit, column.storage),
    ).fetchone()[0]
    return series_id


def _layouts(db: sqlite3.Connection, heatpump_id: str) -> dict[int, _Layout]:
    columns = {
        row["id"]: Column(row["sensor"], row["unit"], row["storage"])
        for row in db.execute("SELECT id, sensor, unit, storage FROM series WHERE heatpump_id = ?", (heatpump_id,))
    }
    layouts = {}
    for row in db.execute("SELECT id, series FROM layouts WHERE heatpump_id = ?", (heatpump_id,)):
        held = tuple(columns[series_id] for series_id in json.loads(row["series"]))
        layouts[row["id"]] = _Layout(held, Packing([column.storage for column in held]))
    return layouts


def _texts(db: sqlite3.Connection) -> dict[int, str]:
    return {row["id"]: row["text"] for row in db.execute("SELECT id, text FROM texts")}


def _text_id(db: sqlite3.Connection, text: str) -> int:
    row = db.execute("SELECT id FROM texts WHERE text = ?", (text,)).fetchone()
    if row is None:
        row = db.execute("INSERT INTO texts (text) VALUES (?) RETURNING id", (text,)).fetchone()
    text_id: int = row[0]
    return text_id


def _value(column: Column, number: float | int | None, texts: dict[int, str]) -> Value:
    if number is None or column.storage != "text":
        return number
    return texts[int(number)]
