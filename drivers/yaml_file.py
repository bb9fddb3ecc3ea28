"""Read a YAML file of the catalogue into a checked shape."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from drivers.errors import BadCatalogue

T = TypeVar("T")


class _StrictLoader(yaml.CSafeLoader):
    """YAML without its two surprises: equal keys are an error, and only true and false are booleans.

    (YAML 1.1 lets the last of equal keys win, and reads the state words `on`, `off`, `yes` and `no` as booleans.)
    """

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: resolvers if first in "tTfF" else [each for each in resolvers if each[0] != "tag:yaml.org,2002:bool"]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue  # what it brings may be overridden; that is its purpose
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key must be a plain word", key_node.start_mark)
            key = self.construct_object(key_node)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


def read(path: Path, shape: type[T]) -> T:
    """The file in this shape. Raises BadCatalogue naming the file, the place and the rule."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506  it is a CSafeLoader
    except OSError as error:
        raise BadCatalogue(f"{path}: cannot be read: {error.strerror}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise BadCatalogue(f"{path.name}: line {line}: {error.problem}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadCatalogue(f"{path.name}: not readable as YAML: {error}") from error
    return shaped(content, shape, path.name)


def shaped(content: object, shape: type[T], where: str) -> T:
    """Parsed YAML in this shape. Raises BadCatalogue with `where` and what msgspec finds wrong."""
    try:
        return msgspec.convert(content, shape)
    except msgspec.ValidationError as error:
        raise BadCatalogue(f"{where}: {error}") from error
