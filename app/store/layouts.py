"""Which series a heat pump has, and which of them each of its polls holds, in order."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from app.reading import Column
from app.store.packing import Packing


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a packed poll; `places`: series.id → its column."""

    columns: tuple[Column, ...]
    packing: Packing
    places: dict[int, int]


@dataclass(frozen=True, slots=True)
class Layouts:
    """Everything a heat pump's polls are made of: series.id → column, layouts.id → layout."""

    series: dict[int, Column]
    by_id: dict[int, Layout]

    def of_sensor(self, sensor: str) -> list[int]:
        """The series of a sensor, the oldest first."""
        return sorted(series_id for series_id, column in self.series.items() if column.sensor == sensor)

    def holding(self, series_id: int) -> list[int]:
        """The layouts that hold a series."""
        return [layout_id for layout_id, layout in self.by_id.items() if series_id in layout.places]


def load(db: sqlite3.Connection, heatpump_id: str) -> Layouts:
    series = {
        row["id"]: Column(row["sensor"], row["unit"], row["storage"])
        for row in db.execute("SELECT id, sensor, unit, storage FROM series WHERE heatpump_id = ?", (heatpump_id,))
    }
    layouts = {}
    for row in db.execute("SELECT id, series FROM layouts WHERE heatpump_id = ?", (heatpump_id,)):
        ids: list[int] = json.loads(row["series"])
        columns = tuple(series[series_id] for series_id in ids)
        packing = Packing([column.storage for column in columns])
        layouts[row["id"]] = Layout(columns, packing, {series_id: place for place, series_id in enumerate(ids)})
    return Layouts(series, layouts)


def id_for(db: sqlite3.Connection, heatpump_id: str, columns: Sequence[Column]) -> int:
    """The layout of these columns, made when it is new."""
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
