"""A real system without a running poller, its application, and people who visit it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from app.services import heatpumps
from app.store.heatpumps import HeatPump
from app.system import System
from tests.web.applications import application
from tests.web.control import home, still_home  # noqa: F401
from tests.web.people import Visitor, account

NOW = 1_763_730_180
"""21 November 2025, 14:03 in Berlin."""


@pytest.fixture
def system(system: System) -> System:
    """The clock stands still."""
    system.clock = lambda: NOW
    return system


@pytest.fixture
def app(system: System) -> Flask:
    return application(system)


@pytest.fixture
def visitor(app: Flask, system: System) -> Visitor:
    """Somebody who has not signed in; there is an owner already."""
    account(system, "berta", "owner")
    return Visitor(app)


@pytest.fixture
def owner(visitor: Visitor) -> Visitor:
    visitor.sign_in("berta")
    return visitor


@pytest.fixture
def viewer(app: Flask, system: System, owner: Visitor) -> Visitor:
    account(system, "viktor", "viewer")
    somebody = Visitor(app)
    somebody.sign_in("viktor")
    return somebody


@pytest.fixture
def add(system: System, idm: dict[str, object]) -> Callable[..., HeatPump]:
    """Keep a heat pump that nobody polls; each on a port of its own."""
    made: list[HeatPump] = []

    def make(name: str = "Gebäude A", **more: object) -> HeatPump:
        place = {"connection_config": {"host": "127.0.0.1", "port": 9 + len(made)}}
        made.append(heatpumps.add(system, idm | place | {"name": name} | more))
        return made[-1]

    return make
