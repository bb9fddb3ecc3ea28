"""What many tests need: a database on disk, and a system that polls nobody until told to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.config import Config
from app.store import heatpumps
from app.store.database import Database
from app.store.heatpumps import HeatPump
from app.system import System, assemble
from drivers.catalogue import Catalogue
from tests.catalogue import CATALOGUE
from tests.mosquitto import broker  # noqa: F401
from tests.victoriametrics import server  # noqa: F401


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "monitor.db")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Read once: it never changes."""
    return CATALOGUE


@pytest.fixture
def pump(database: Database) -> HeatPump:
    """One stored heat pump, hp-001."""
    with database.transaction() as db:
        pump = HeatPump(
            heatpumps.new_id(db), "Haus", "idm", "navigator_2_0",
            {"host": "127.0.0.1", "port": 502, "unit_id": 1, "timeout": 5}, {"circuits": ["A"]}, True, 1000, 1000,
        )  # fmt: skip
        heatpumps.put(db, pump)
    return pump


@pytest.fixture
def system(tmp_path: Path, catalogue: Catalogue) -> Iterator[System]:
    assembled = assemble(Config(tmp_path))
    assembled.catalogue = catalogue
    yield assembled
    assembled.database.close()


@pytest.fixture
def idm() -> dict[str, object]:
    """What somebody sends to add an iDM that nobody polls in this test."""
    return {
        "name": "Gebäude A",
        "manufacturer": "idm",
        "model": "navigator_2_0",
        "connection_config": {"host": "127.0.0.1", "port": 9},
        "device_config": {"circuits": ["A", "B"]},
        "enabled": False,
    }
