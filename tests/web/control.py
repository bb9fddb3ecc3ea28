"""The controlled machine behind the web application, with an owner and a viewer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.controlled import House, controlled
from tests.web.applications import application
from tests.web.people import Visitor, account


@dataclass(frozen=True)
class Home:
    house: House
    owner: Visitor
    viewer: Visitor


@contextmanager
def moved_in(folder: Path) -> Iterator[Home]:
    with controlled(folder) as house:
        app = application(house.system)
        account(house.system, "berta", "owner")
        account(house.system, "viktor", "viewer")
        owner, viewer = Visitor(app), Visitor(app)
        owner.sign_in("berta")
        viewer.sign_in("viktor")
        yield Home(house, owner, viewer)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with moved_in(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def still_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """For the tests of a file in which nothing is ever written; they share it because making one takes a while."""
    with moved_in(tmp_path_factory.mktemp("still")) as made:
        yield made
