"""The owner's heat pumps."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ENTRY = "entry"
"""In the connection of a second entry for one machine, as version 1 of the database allowed them: its own id."""
HEATED_AREA = "heated_area"
"""Among the settings: how many m² the heat pump heats, where its owner said it."""


@dataclass(frozen=True, slots=True)
class HeatPump:
    """One machine of the owner.

    `connection`: host, port, timeout in seconds, and what else its protocol needs. `settings`: the fitted parts per
    option (circuits, zones …), the poll interval in seconds where it differs from the
    installation's, and the heated area.
    """

    id: str
    name: str
    manufacturer: str
    model: str
    connection: Mapping[str, Any]
    settings: Mapping[str, Any]
    enabled: bool
    created_at: int
    updated_at: int

    @property
    def address(self) -> str:
        return address_of(self.connection)

    @property
    def options(self) -> dict[str, list[str]]:
        """The fitted parts, such as {"circuits": ["A", "B"]}."""
        return {name: parts for name, parts in self.settings.items() if isinstance(parts, list)}

    @property
    def heated_area(self) -> float | None:
        """m², as the owner said; None where nobody did."""
        return self.settings.get(HEATED_AREA)


def address_of(connection: Mapping[str, Any]) -> str:
    """How it is called: host:port, and what tells the heat pumps behind it apart, such as 10.0.0.5:502/1.

    Of a heat pump in its maker's cloud: installation, gateway and machine.
    """
    if "host" not in connection:
        return "/".join(str(connection[name]) for name in ("installation", "gateway", "machine"))
    untold = ("host", "port", "framing", "timeout", ENTRY)
    further = [str(value) for name, value in connection.items() if name not in untold]
    return "/".join([f"{connection['host']}:{connection['port']}", *further])


_COLUMNS = "id, name, manufacturer, model, connection_config, device_config, enabled, created_at, updated_at"


def all_of_them(db: sqlite3.Connection) -> list[HeatPump]:
    return [_heat_pump(row) for row in db.execute(f"SELECT {_COLUMNS} FROM heatpumps ORDER BY id")]


def find(db: sqlite3.Connection, heatpump_id: str) -> HeatPump | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM heatpumps WHERE id = ?", (heatpump_id,)).fetchone()
    return _heat_pump(row) if row else None


def at_address(db: sqlite3.Connection, connection: Mapping[str, Any]) -> HeatPump | None:
    """The heat pump that already has this connection; how long one waits for an answer makes no difference."""
    row = db.execute(
        f"SELECT {_COLUMNS} FROM heatpumps WHERE address = lower(json(json_remove(?, '$.timeout', '$.framing')))",
        (json.dumps(connection, ensure_ascii=False),),
    ).fetchone()
    return _heat_pump(row) if row else None


def new_id(db: sqlite3.Connection) -> str:
    """hp-001, hp-002 …; a number is never given twice, even after its heat pump is gone."""
    number = db.execute(
        "INSERT INTO counters (name, value) VALUES ('heatpumps', 1)"
        " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
    ).fetchone()[0]
    return f"hp-{number:03d}"


def last_number(db: sqlite3.Connection) -> int:
    """The highest number that was given; 0 when none was."""
    row = db.execute("SELECT value FROM counters WHERE name = 'heatpumps'").fetchone()
    return row[0] if row else 0


def never_again(db: sqlite3.Connection, number: int) -> None:
    """This number and those below it are taken."""
    db.execute(
        "INSERT INTO counters (name, value) VALUES ('heatpumps', ?)"
        " ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
        (number,),
    )


def put(db: sqlite3.Connection, pump: HeatPump) -> None:
    """Add it, or change everything but its id and its creation."""
    db.execute(
        f"INSERT INTO heatpumps ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, manufacturer = excluded.manufacturer,"
        " model = excluded.model, connection_config = excluded.connection_config,"
        " device_config = excluded.device_config, enabled = excluded.enabled, updated_at = excluded.updated_at",
        (
            pump.id,
            pump.name,
            pump.manufacturer,
            pump.model,
            json.dumps(pump.connection, ensure_ascii=False),
            json.dumps(pump.settings, ensure_ascii=False),
            int(pump.enabled),
            pump.created_at,
            pump.updated_at,
        ),
    )


def remove(db: sqlite3.Connection, heatpump_id: str) -> None:
    """The heat pump and its whole history."""
    db.execute("DELETE FROM heatpumps WHERE id = ?", (heatpump_id,))


def _heat_pump(row: sqlite3.Row) -> HeatPump:
    return HeatPump(
        id=row["id"],
        name=row["name"],
        manufacturer=row["manufacturer"],
        model=row["model"],
        connection=json.loads(row["connection_config"]),
        settings=json.loads(row["device_config"]),
        enabled=bool(row["enabled"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )
