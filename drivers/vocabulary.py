"""The product's own words: every quantity that makers share has one id, one title and one unit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from drivers import yaml_file
from drivers.errors import BadCatalogue
from drivers.sensor import Text

VOCABULARY_FILE = Path(__file__).parent / "vocabulary.yaml"


class Title(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A title in both languages; it may name a repeated part, such as {circuit}."""

    de: str
    en: str

    def text(self, parts: Mapping[str, str]) -> Text:
        return Text(self.de.format_map(parts), self.en.format_map(parts))


class Word(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One quantity: its title, its unit ("" for none) and the group it is shown in."""

    de: str
    en: str
    category: str
    unit: str = ""
    kind: Literal["number", "counter", "switch", "state"] = "number"

    @property
    def title(self) -> Title:
        return Title(self.de, self.en)


class Vocabulary(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Categories in the order of the page, words for states, and quantities by id."""

    categories: dict[str, Title]
    states: dict[str, Title]
    sensors: dict[str, Word]


def load_vocabulary(path: Path = VOCABULARY_FILE) -> Vocabulary:
    """Read and check vocabulary.yaml. Raises BadCatalogue naming the file, the word and the rule."""
    vocabulary = yaml_file.read(path, Vocabulary)
    for sensor_id, word in vocabulary.sensors.items():
        if word.category not in vocabulary.categories:
            raise BadCatalogue(f"{path.name}: {sensor_id}: category {word.category!r} is not one of the categories")
    return vocabulary
