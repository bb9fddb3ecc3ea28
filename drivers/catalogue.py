"""The register catalogue: a folder with one YAML file per model of heat pump."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from drivers.errors import BadCatalogue
from drivers.model import Model
from drivers.model_file import load_model
from drivers.vocabulary import Vocabulary, load_vocabulary

MODELS_FOLDER = Path(__file__).parent / "models"


class Catalogue:
    """The models of one folder; a file is parsed when its model is first asked for."""

    def __init__(self, folder: Path = MODELS_FOLDER) -> None:
        self._files = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
        self._models: dict[str, Model] = {}
        self._turn = threading.Lock()

    def __iter__(self) -> Iterator[Model]:
        return (self._load(stem) for stem in self._files)

    def find(self, manufacturer: str, model: str) -> Model | None:
        """The model, or None when the catalogue has no such file. Raises BadCatalogue for a broken one."""
        stem = f"{manufacturer}_{model}"
        found = self._load(stem) if stem in self._files else None
        return found if found is not None and found.manufacturer == manufacturer else None  # a_b, c is not a, b_c

    def named(self, name: str) -> Model | None:
        """The model called `manufacturer/model`, or None."""
        manufacturer, _, model = name.partition("/")
        return self.find(manufacturer, model)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of all models, read once. Raises BadCatalogue."""
        return load_vocabulary()

    def _load(self, stem: str) -> Model:
        with self._turn:
            if stem not in self._models:
                model = load_model(self._files[stem], self.vocabulary)
                if f"{model.manufacturer}_{model.id}" != stem:
                    raise BadCatalogue(f"{stem}.yaml: holds {model.name}; name it {model.manufacturer}_{model.id}.yaml")
                self._models[stem] = model
            return self._models[stem]
