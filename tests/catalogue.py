"""The models of the catalogue, each read once for all tests of a process."""

from __future__ import annotations

from drivers.catalogue import Catalogue
from drivers.model import Model

CATALOGUE = Catalogue()


def named(name: str) -> Model:
    """The model of this name, such as idm/navigator_2_0."""
    found = CATALOGUE.named(name)
    assert found is not None, name
    return found
