"""How the publishing over MQTT goes."""

from __future__ import annotations

from typing import TypedDict

from app.web.api.shapes.common import Seconds, Sentence


class Commands(TypedDict):
    settings: int
    answered: int
    refused: int


class Mqtt(TypedDict):
    enabled: bool
    connected: bool
    since: Seconds | None
    trouble: Sentence | None
    published: int
    topics: int
    commands: Commands | None
