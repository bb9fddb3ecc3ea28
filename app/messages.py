"""A sentence for people: English here, translated where it is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


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
    return json.dumps({"template": sentence.template, "facts": sentence.facts}, default=_plain, ensure_ascii=False)


def from_json(text: str) -> Message:
    return _message(json.loads(text))


def _plain(fact: object) -> object:
    """A sentence within a sentence stays one, so that it can be translated too."""
    return {"template": fact.template, "facts": fact.facts} if isinstance(fact, Message) else str(fact)


def _message(content: Mapping[str, Any]) -> Message:
    facts = {name: _message(fact) if isinstance(fact, dict) else fact for name, fact in content["facts"].items()}
    return Message(facts=facts, template=content["template"])


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


class Unavailable(Rejected):
    """Another program that this needs cannot be used now; the message says which, why, and what to do."""
