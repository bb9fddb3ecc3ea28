"""A folder as the program before this one left it: idm_logger.db, and the key that its passwords are sealed with."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from werkzeug.security import generate_password_hash

PASSWORD = "the old password"

TABLES = """
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE jobs (
    id TEXT PRIMARY KEY, sensor TEXT, value TEXT, time TEXT, days TEXT, enabled INTEGER, last_run REAL
);
CREATE TABLE alerts (
    id TEXT PRIMARY KEY, name TEXT, type TEXT, sensor TEXT, condition TEXT, threshold TEXT, message TEXT,
    enabled INTEGER, interval_seconds INTEGER, last_triggered REAL
);
"""

JOBS = (
    (1, "status_system", "1", "06:30", '["Mon", "Tue"]', 1, None),
    (2, "temp_water_target", "50", "22:00", '["Sun"]', 0, None),
    (3, "temp_water_target", "500", "22:00", '["Sun"]', 1, None),
    (4, "no_such_register", "1", "22:00", '["Sun"]', 1, None),
    (5, "temp_water_target", "50", "25:00", '["Sun"]', 1, None),
    (6, "temp_water_target", "50", "05:00", '["Someday"]', 1, None),
)
ALERTS = (
    (1, "Zu kalt", "threshold", "temp_water_heater_top", "<", "40", "Warmwasser prüfen", 1, 3600, None),
    (2, "Störung", "threshold", "status_heat_pump", "=", "8", "", 0, 0, None),
    (3, "Bericht", "status", None, None, None, "Alles gut", 1, 86400, None),
    (4, "Fremd", "threshold", "no_such_sensor", ">", "1", "", 1, 60, None),
)


def config(key: bytes | None = None, **changed: Any) -> dict[str, Any]:
    sealed = Fernet(key).encrypt(b"hidden").decode() if key is not None else "hidden"
    return {
        "idm": {"host": "127.0.0.1", "port": 9, "circuits": ["A", "B"], "zones": [0, 2]},
        "metrics": {"url": "http://127.0.0.1:8428/write"},
        "web": {"write_enabled": False, "admin_password_hash": generate_password_hash(PASSWORD, "scrypt")},
        "logging": {"interval": 60},
        "dashboards": [
            {
                "id": "home",
                "name": "Zuhause",
                "charts": [
                    {
                        "id": "c1",
                        "title": "Temperaturen",
                        "hours": 24,
                        "queries": [
                            {"label": "Speicher", "query": "idm_heatpump_temp_heat_storage", "color": "#ff0000"},
                            {"label": "Vorlauf A", "query": "temp_flow_current_circuit_a", "color": "#00ff00"},
                            {"label": "Betrieb", "query": "idm_heatpump_status_heat_pump", "color": "#0000ff"},
                            {"label": "Mittel", "query": "avg_over_time(idm_heatpump_temp_outside[1h])"},
                            {"label": "Fremd", "query": "node_load1"},
                        ],
                    }
                ],
            }
        ],
        "annotations": [{"id": "n1", "time": 1_700_000_000, "text": "Wartung"}, {"id": "n2", "time": "?", "text": "x"}],
        "email": {
            "enabled": True, "smtp_server": "mail.example.org", "smtp_port": 587, "username": "haus",
            "encrypted_password": sealed, "sender": "haus@example.org", "recipients": ["anna@example.org"],
        },
        "webdav": {"enabled": True, "url": "https://dav.example.org", "username": "haus", "encrypted_password": sealed},
        "colour": "red",
        **changed,
    }  # fmt: skip


def make(folder: Path, with_key: bool = True, jobs: Any = JOBS, alerts: Any = ALERTS, **changed: Any) -> Path:
    """The folder. `jobs` and `alerts` are the rows of these tables, `changed` parts of its settings."""
    folder.mkdir(exist_ok=True)
    key = Fernet.generate_key()
    if with_key:
        (folder / ".secret.key").write_bytes(key)
    with closing(sqlite3.connect(folder / "idm_logger.db")) as db, db:
        db.executescript(TABLES)
        db.execute("INSERT INTO settings VALUES ('config', ?)", (json.dumps(config(key, **changed)),))
        db.executemany("INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?)", jobs)
        db.executemany("INSERT INTO alerts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", alerts)
    return folder
