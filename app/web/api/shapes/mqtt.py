"""How the publishing over MQTT goes."""

from __future__ import annotations

from typing import TypedDict

from app.web.api.shapes.common import Sentence


class Mqtt(TypedDict):
    enabled: bool
    connected: bool
    trouble: Sentence | None
    published: int
