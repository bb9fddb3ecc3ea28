"""/api/mqtt: how the publishing to the broker of the settings goes."""

from __future__ import annotations

from flask import current_app
from flask.typing import ResponseReturnValue

from app.services.publishing import Doing, Publisher
from app.web.access import owner_only
from app.web.api import interface
from app.web.api.described import described
from app.web.api.json import answer
from app.web.api.shapes import mqtt as shapes
from app.web.languages import sentence


@interface.get("/mqtt")
@owner_only
@described("How the publishing over MQTT goes", shapes.Mqtt)
def mqtt_state() -> ResponseReturnValue:
    publisher: Publisher | None = current_app.extensions.get("publisher")
    doing = publisher.doing if publisher is not None else Doing()
    counts = publisher.commands.counts if publisher is not None and publisher.commands is not None else None
    return answer(
        {
            "enabled": publisher is not None,
            "connected": doing.connected,
            "since": doing.since,
            "trouble": None if doing.trouble is None else sentence(doing.trouble),
            "published": doing.published,
            "topics": doing.topics,
            "commands": None
            if counts is None
            else {"settings": doing.settings, "answered": counts.answered, "refused": counts.refused},
        }
    )
