"""Names are sorted as people look for them."""

from __future__ import annotations

import pytest

from app.name_order import order


@pytest.mark.parametrize(
    "names",
    [
        ["House 1", "house 2", "House 10"],
        ["1", "2b", "2c", "10"],
        ["Oslo", "Österreich", "Ostsee"],
        ["", " ", "A"],
        ["Block 9, Haus 10", "Block 10, Haus 2"],
    ],
)
def test_names_stand_where_people_look_for_them(names):
    assert sorted(set(names), key=order) == names
