"""The reference of the catalogue format tells every key, and its example is a model that loads."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from drivers import derived_shape, model_shape, vocabulary
from drivers.model_file import load_model

REFERENCE = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")

SHAPES = [
    model_shape.ModelFile,
    model_shape.Defaults,
    model_shape.ReadsEntry,
    model_shape.GapsEntry,
    model_shape.OptionEntry,
    model_shape.RepeatEntry,
    model_shape.SignEntry,
    model_shape.Range,
    model_shape.SensorEntry,
    model_shape.At,
    model_shape.Plausible,
    model_shape.Elsewhere,
    model_shape.WriteEntry,
    model_shape.WritesEntry,
    model_shape.ChartEntry,
    derived_shape.DerivedEntry,
    derived_shape.MatchEntry,
    derived_shape.Range,
    derived_shape.DifferenceEntry,
    derived_shape.PairEntry,
    derived_shape.ThermalPowerEntry,
    vocabulary.Vocabulary,
    vocabulary.Word,
]


@pytest.mark.parametrize("shape", SHAPES, ids=[shape.__name__ for shape in SHAPES])
def test_every_key_of_a_file_is_in_the_reference(shape: type[msgspec.Struct]) -> None:
    prose = re.sub(r"```.*?```", "", REFERENCE, flags=re.DOTALL)
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", prose))))
    keys = {field.encode_name for field in msgspec.structs.fields(shape)}
    assert keys - told == set()


def test_the_complete_example_loads(tmp_path: Path) -> None:
    example = re.findall(r"```yaml\n(.*?)```", REFERENCE, re.DOTALL)[0]
    path = tmp_path / "acme_one.yaml"
    path.write_text(example, encoding="utf-8")
    assert load_model(path).every_sensor["temp_flow_circuit_2"].at == 21
