"""A catalogue file is read strictly: nothing is guessed, dropped or quietly turned into something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from drivers import yaml_file
from drivers.errors import BadCatalogue


class Place(msgspec.Struct, forbid_unknown_fields=True):
    at: int
    words: dict[int, str] = {}


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "some.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(folder: Path, text: str | bytes, shape: Any = dict[str, Any]) -> Any:
    return yaml_file.read(written(folder, text), shape)


def test_a_file_comes_back_in_its_shape(tmp_path: Path) -> None:
    assert read(tmp_path, "at: 1000\nwords: {0: standby}\n", Place) == Place(1000, {0: "standby"})


@pytest.mark.parametrize("word", ["on", "off", "yes", "no", "On", "OFF", "Yes", "NO", "y", "n", "eco", "none"])
def test_a_state_word_is_never_taken_for_a_boolean(tmp_path: Path, word: str) -> None:
    assert read(tmp_path, f"word: {word}\n") == {"word": word}
    assert read(tmp_path, f"{word}: 1\n") == {word: 1}


@pytest.mark.parametrize(("word", "value"), [("true", True), ("false", False), ("True", True), ("FALSE", False)])
def test_true_and_false_are_booleans(tmp_path: Path, word: str, value: bool) -> None:
    assert read(tmp_path, f"alone: {word}\n") == {"alone": value}


def test_anchors_shorten_and_may_be_overridden(tmp_path: Path) -> None:
    text = "plain: &plain {at: 1, type: uint8}\nother: {<<: *plain, at: 2}\n"
    assert read(tmp_path, text)["other"] == {"at": 2, "type": "uint8"}


def test_reading_a_file_leaves_yaml_as_it_was_for_everybody_else(tmp_path: Path) -> None:
    import yaml

    read(tmp_path, "word: on\n")
    assert yaml.load("word: on\n", Loader=yaml.CSafeLoader) == {"word": True}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("at: 1\nat: 2\n", "some.yaml: line 2: 'at' stands twice"),
        ("words:\n  0: a\n  0: b\n", "some.yaml: line 3: 0 stands twice"),
        ("at: [1, 2\n", "some.yaml: line 2"),
        ("at: 1\n\tb: 2\n", "some.yaml: line 2"),
        ("at: *nowhere\n", "some.yaml: line 1"),
        ("at: !!python/object/apply:os.getcwd []\n", "some.yaml: line 1"),
        ("? [1, 2]\n: 3\n", "some.yaml: line 1: a key must be a plain word"),
        ("? {a: 1}\n: 3\n", "some.yaml: line 1: a key must be a plain word"),
        ("at: 1\n---\nat: 2\n", "some.yaml"),
        (b"at: \xff\xfe\n", "some.yaml: not readable as YAML"),
        (b"at: \x00\n", "some.yaml"),
        ("", "some.yaml: Expected `object`, got `null`"),
        ("- 1\n", "some.yaml: Expected `object`, got `array`"),
        ("words: {}\n", "some.yaml: Object missing required field `at`"),
        ("at: high\n", "some.yaml: Expected `int`, got `str` - at `$.at`"),
        ("at: 1.5\n", "some.yaml: Expected `int`, got `float` - at `$.at`"),
        ("at: true\n", "some.yaml: Expected `int`, got `bool` - at `$.at`"),
        ("at: 1\nadress: 2\n", "some.yaml: Object contains unknown field `adress`"),
        ("at: 1\nwords: {standby: 0}\n", "some.yaml: Expected `int`, got `str`"),
    ],
)
def test_a_broken_file_is_named_with_the_place_and_the_rule(tmp_path: Path, text: str | bytes, complaint: str) -> None:
    with pytest.raises(BadCatalogue) as broken:
        read(tmp_path, text, Place)
    assert str(broken.value).startswith(complaint)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadCatalogue, match=r"gone\.yaml: cannot be read: No such file"):
        yaml_file.read(tmp_path / "gone.yaml", Place)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadCatalogue, match="cannot be read: Is a directory"):
        yaml_file.read(tmp_path, Place)


def test_a_part_of_a_file_says_where_it_stands() -> None:
    with pytest.raises(BadCatalogue, match=r"^some\.yaml: temp_outside: Expected `int`, got `str` - at `\$\.at`$"):
        yaml_file.shaped({"at": "x"}, Place, "some.yaml: temp_outside")
