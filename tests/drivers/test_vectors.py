"""Golden registers: every vector of every file in tests/vectors means its value, and the value leads back to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from drivers.catalogue import MODELS_FOLDER
from drivers.model import Model
from drivers.model_file import load_model
from drivers.wire import Raw, decoded, encoded

FILES = sorted((Path(__file__).parent.parent / "vectors").glob("*.yaml"))
KEYS = {"words", "text", "value", "source", "why", "encode"}


@pytest.fixture(scope="module", params=FILES, ids=[path.stem for path in FILES])
def golden(request: pytest.FixtureRequest) -> tuple[Model, dict[str, list[dict[str, Any]]]]:
    content = yaml.safe_load(request.param.read_text(encoding="utf-8"))
    model = load_model(MODELS_FOLDER / request.param.name)
    assert content["model"] == model.name
    return model, content["vectors"]


Golden = tuple[Model, dict[str, list[dict[str, Any]]]]


def _raw(vector: dict[str, Any]) -> Raw:
    return vector["text"] if "text" in vector else tuple(vector["words"])


def test_every_model_with_registers_has_vectors() -> None:
    assert {path.name for path in MODELS_FOLDER.glob("*.yaml")} <= {path.name for path in FILES}


def test_every_vector_says_where_it_comes_from_and_what_it_keeps_true(golden: Golden) -> None:
    model, vectors = golden
    for sensor_id, each in vectors.items():
        for vector in each:
            assert vector.keys() <= KEYS, sensor_id
            assert vector["source"] in {*model.sources, "rule"}, sensor_id
            assert vector["why"], sensor_id


def test_registers_mean_their_value(golden: Golden) -> None:
    model, vectors = golden
    for sensor_id, each in vectors.items():
        for vector in each:
            value = decoded(model.every_sensor[sensor_id], _raw(vector))
            assert (value, type(value)) == (vector["value"], type(vector["value"])), f"{sensor_id}: {vector['why']}"


def test_a_value_leads_back_to_its_registers(golden: Golden) -> None:
    model, vectors = golden
    for sensor_id, each in vectors.items():
        for vector in each:
            if vector["value"] is None or vector.get("encode") is False:
                continue
            raw = encoded(model.every_sensor[sensor_id], vector["value"])
            assert raw == _raw(vector), f"{sensor_id}: {vector['why']}"
