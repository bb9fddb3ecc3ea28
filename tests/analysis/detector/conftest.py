"""One house, lived in once for all tests: five weeks of history, and the week after them."""

import pytest

from app.analysis.detector.fitting import fit
from drivers.simulators.plant import Plant
from tests.analysis.detector.lived import BEGIN, as_recording, rows_of


@pytest.fixture(scope="session")
def plant():
    return Plant(5, start=BEGIN)


@pytest.fixture(scope="session")
def history(plant):
    return rows_of(plant, 35)


@pytest.fixture(scope="session")
def week(plant, history):
    return rows_of(plant, 7)


@pytest.fixture(scope="session")
def model(history):
    return fit(as_recording(history), {"device": "a", "manufacturer": "m", "model": "x"})
