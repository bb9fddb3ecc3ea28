"""A database whose polls VictoriaMetrics is to get."""

from __future__ import annotations

import time

import pytest

from app.config import Config
from app.polling import pipeline
from app.reading import Column, Reading
from app.services import heatpumps
from app.system import assemble

T0 = 1_700_000_000
COLUMNS = (
    Column("temp_outside", "°C", "float32"),
    Column("operating_mode", "", "text"),
    Column("energy_heat_total", "kWh", "float64"),
)


@pytest.fixture
def box(request: pytest.FixtureRequest) -> str:
    """A name that no other test uses."""
    return f"{request.node.name[:40].strip('[]')}-{time.monotonic_ns()}".replace("[", "-")


@pytest.fixture
def furnished(tmp_path, idm, catalogue):
    """An installation with one heat pump that nobody polls; furnished(**settings)."""
    made = []

    def furnish(**settings):
        system = assemble(Config(tmp_path, **settings))
        system.catalogue = catalogue
        made.append(system)
        if not heatpumps.all_of_them(system):
            heatpumps.add(system, idm | {"name": 'Haus "Süd" \\ 1'})
        return system

    yield furnish
    for system in made:
        system.database.close()


def keep(system, at, values, columns=COLUMNS):
    limit = system.config.outbox_limit if system.pusher is not None else None
    pipeline.keep(system.database, Reading("hp-001", at, columns, tuple(values)), limit)
