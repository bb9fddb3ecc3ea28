"""A sentence for people: English here, translated where it is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Sentence(Protocol):
    """A template (English, also the key of its translation) and the facts that fill it in."""

    @property
    def template(self) -> str: ...

    @property
    def facts(self) -> Mapping[str, object]: ...


@dataclass(frozen=True)
class Message:
    """A sentence of our own; drivers' errors are sentences too."""

    template: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % self.facts


def to_json(sentence: Sentence) -> str:
    return json.dumps({"template": sentence.template, "facts": sentence.facts}, default=str, ensure_ascii=False)


def from_json(text: str) -> Message:
    return Message(**json.loads(text))


class Rejected(Exception):
    """Somebody asked for something that cannot be done; `message` says what and why."""

    def __init__(self, template: str, **facts: object) -> None:
        super().__init__(template, facts)
        self.message = Message(template, facts)

    def __str__(self) -> str:
        return str(self.message)


class NotFound(Rejected):
    """There is no such thing."""


class Invalid(Rejected):
    """One field of what was sent is wrong."""

    def __init__(self, field_name: str, template: str, **facts: object) -> None:
        super().__init__(template, **facts)
        self.field = field_name


class Conflict(Invalid):
    """It would be the second of something that can exist only once."""
