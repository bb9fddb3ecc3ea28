"""What tests ask of the taking of an older program's folder."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from app.services.legacy import taking
from app.services.legacy.source import open_source


def take(system, folder):
    return taking.take(system, open_source(folder))


def left(report):
    return {(each.kind, each.what): each.said for each in report.found if each.outcome == "left"}


def everything(system):
    """All that the owner has set up."""
    return [line for line in system.database.connection().iterdump() if line.startswith("INSERT")]


def a_job(sensor="temp_water_target", value="50", days='["Mon"]', identity="j"):
    return (identity, sensor, value, "06:00", days, 1, 0)


def rewrite(old, config):
    with closing(sqlite3.connect(old / "idm_logger.db")) as db, db:
        db.execute("UPDATE settings SET value = ? WHERE key = 'config'", (config,))
