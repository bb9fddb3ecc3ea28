"""A reader sees as many decimals as mean something, whatever the maker's register could hold."""

import pytest

from app.services import values
from tests.drivers.small_models import a_sensor


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"type": "float32", "unit": "°C"}, 1),
        ({"type": "int16", "unit": "°C", "scale": 0.01}, 1),
        ({"type": "int16", "unit": "°C", "scale": 0.1}, 1),
        ({"type": "int16", "unit": "°C", "scale": 1.0}, 0),
        ({"type": "integer", "unit": "kW", "scale": 0.001}, 2),
        ({"type": "uint32", "unit": "kWh", "scale": 0.1}, 1),
        ({"type": "uint16", "unit": "V", "scale": 0.001}, 3),
    ],
)
def test_decimals_follow_the_unit_and_never_exceed_the_register(facts, shown):
    assert values.decimals(a_sensor(**facts)) == shown
