"""The models of the catalogue, each read once for all tests."""

from __future__ import annotations

from functools import cache

from drivers.catalogue import Catalogue
from drivers.model import Model


@cache
def named(name: str) -> Model:
    """The model of this name, such as idm/navigator_2_0."""
    found = Catalogue().named(name)
    assert found is not None, name
    return found
