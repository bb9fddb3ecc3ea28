import pytest

from app.store import heatpumps
from app.store.heatpumps import HeatPump


@pytest.fixture
def pump(database):
    """One stored heat pump, hp-001."""
    with database.transaction() as db:
        pump = HeatPump(
            heatpumps.new_id(db), "Haus", "idm", "navigator_2_0",
            {"host": "127.0.0.1", "port": 502, "unit_id": 1, "timeout": 5}, {"circuits": ["A"]}, True, 1000, 1000,
        )  # fmt: skip
        heatpumps.put(db, pump)
    return pump
