"""A newcomer who follows docs/adding-a-heat-pump.md to the letter has a heat pump that is read."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from drivers.base import Connection
from drivers.catalogue import Catalogue
from drivers.decode import decode
from drivers.model import Model
from drivers.probe import probe
from drivers.registry import Drivers
from drivers.simulators.modbus import ModbusSimulator
from drivers.simulators.plant import Plant
from tests.drivers import test_models

RULES = [
    rule
    for name, rule in vars(test_models).items()
    if name.startswith("test_") and [*inspect.signature(rule).parameters] == ["model"]
]
"""What every file in drivers/models promises."""
GUIDE = Path(__file__).parents[1] / "docs" / "adding-a-heat-pump.md"


@pytest.fixture
def blocks() -> tuple[str, str]:
    """The model file and the vectors, as the guide shows them."""
    found = re.findall(r"( *)```yaml\n(.*?)\1```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    model, vectors = ("\n".join(line.removeprefix(indent) for line in text.splitlines()) for indent, text in found)
    return model, vectors


@pytest.fixture
def model(blocks: tuple[str, str], tmp_path: Path) -> Model:
    (tmp_path / "acme_warm_one.yaml").write_text(blocks[0], encoding="utf-8")
    found = Catalogue(tmp_path).named("acme/warm_one")
    assert found is not None
    return found


def test_the_simulated_machine_is_read_value_for_value(model: Model) -> None:
    with ModbusSimulator(model, {}, Plant(1, start=1_700_000_000), pinned={"temp_outside": -7.0}) as simulator:
        driver = Drivers().open(model, Connection("127.0.0.1", simulator.port, 1, 5))
        answer = driver.read(model.sensors({}))
        driver.close()
    assert answer.values["temp_outside"] == -7.0
    assert answer.values["temp_flow"] == pytest.approx(30, abs=25)
    assert 30 <= float(answer.values["temp_hot_water_target"] or 0) <= 60
    assert not answer.problems


def test_the_vectors_mean_what_they_say(blocks: tuple[str, str], model: Model) -> None:
    vectors = yaml.safe_load(blocks[1])["vectors"]
    assert vectors
    for sensor_id, several in vectors.items():
        for vector in several:
            assert decode(model.every_sensor[sensor_id], vector["words"]) == vector["value"], vector["why"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__.removeprefix("test_"))
def test_the_file_keeps_the_rules_of_all_models(rule: Callable[[Model], None], model: Model) -> None:
    rule(model)


def test_the_machine_is_found_among_all_others(model: Model) -> None:
    others = [each for each in Catalogue() if each.name != model.name]
    with ModbusSimulator(model, {}, Plant(1, start=1_700_000_000)) as simulator:
        found = probe(simulator.host, simulator.port, (*others, model), 0.6)
    assert (found.says, found.model, found.alike) == ("model", model, ())
