"""A broken catalogue file is refused with a sentence that names the file; it never stops the program in another way."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.errors import BadCatalogue
from drivers.model_file import load_model
from drivers.vocabulary import load_vocabulary
from tests.fuzz.conftest import examples

FILES = sorted((Path(__file__).parents[2] / "drivers" / "models").rglob("*.yaml"))
SMALL = sorted(FILES, key=lambda file: file.stat().st_size)[:4]

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)


@cache
def content(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


@cache
def vocabulary() -> Any:
    return load_vocabulary()


def changed(data: st.DataObject, node: Any, depth: int = 0) -> Any:
    """The same with one place of it removed, doubled or replaced."""
    if depth > 6 or not isinstance(node, dict | list) or not node or data.draw(st.integers(0, 4)) == 0:
        return data.draw(ODD)
    if isinstance(node, list):
        at = data.draw(st.integers(0, len(node) - 1))
        match data.draw(st.sampled_from(["remove", "double", "deeper"])):
            case "remove":
                return [*node[:at], *node[at + 1 :]]
            case "double":
                return [*node, node[at]]
        return [*node[:at], changed(data, node[at], depth + 1), *node[at + 1 :]]
    key = data.draw(st.sampled_from(sorted(node, key=str)))
    match data.draw(st.sampled_from(["remove", "rename", "deeper", "deeper"])):
        case "remove":
            return {name: value for name, value in node.items() if name != key}
        case "rename":
            return {(f"{name}x" if name == key else name): value for name, value in node.items()}
    return node | {key: changed(data, node[key], depth + 1)}


def loads_or_complains(file: Path) -> None:
    try:
        model = load_model(file, vocabulary())
    except BadCatalogue as complaint:
        assert file.name in str(complaint)
        return
    assert model.sensors(model.default_options()) is not None


@settings(max_examples=examples(40))
@given(data=st.data())
def test_a_file_with_one_place_changed_is_a_model_or_a_complaint(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    original = data.draw(st.sampled_from(SMALL))
    file = tmp_path_factory.getbasetemp() / "changed.yaml"
    file.write_text(yaml.safe_dump(changed(data, content(original)), allow_unicode=True), encoding="utf-8")
    loads_or_complains(file)


@given(noise=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_complaint(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "noise.yaml"
    file.write_bytes(noise)
    with pytest.raises(BadCatalogue):
        load_model(file, vocabulary())
