from __future__ import annotations

import pytest

from app.system import System
from drivers.catalogue import Catalogue


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Read once: it never changes."""
    return Catalogue()


@pytest.fixture
def system(system: System, catalogue: Catalogue) -> System:
    system.catalogue = catalogue
    return system
