"""What the owner said about a heat pump's source and meters, and what electricity costs."""

from __future__ import annotations

import sqlite3


def answers(db: sqlite3.Connection, heatpump_id: str) -> str | None:
    """The answers as JSON; None when nobody was asked yet."""
    row = db.execute("SELECT answers FROM metering WHERE heatpump_id = ?", (heatpump_id,)).fetchone()
    return row["answers"] if row else None


def all_answers(db: sqlite3.Connection) -> dict[str, str]:
    """The answers as JSON by heat pump."""
    return {row["heatpump_id"]: row["answers"] for row in db.execute("SELECT heatpump_id, answers FROM metering")}


def answer(db: sqlite3.Connection, heatpump_id: str, answers_json: str) -> None:
    db.execute(
        "INSERT INTO metering (heatpump_id, answers) VALUES (?, ?)"
        " ON CONFLICT (heatpump_id) DO UPDATE SET answers = excluded.answers",
        (heatpump_id, answers_json),
    )


def tariffs(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """(first day, prices as JSON), oldest first."""
    return [(row["since"], row["prices"]) for row in db.execute("SELECT since, prices FROM tariffs ORDER BY since")]


def put_tariff(db: sqlite3.Connection, since: str, prices_json: str) -> None:
    db.execute(
        "INSERT INTO tariffs (since, prices) VALUES (?, ?) ON CONFLICT (since) DO UPDATE SET prices = excluded.prices",
        (since, prices_json),
    )


def remove_tariff(db: sqlite3.Connection, since: str) -> bool:
    """False when there was none from this day on."""
    return db.execute("DELETE FROM tariffs WHERE since = ?", (since,)).rowcount == 1
