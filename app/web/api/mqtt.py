"""/api/mqtt: how the publishing to the broker of the settings goes."""

from __future__ import annotations

from flask import current_app
from flask.typing import ResponseReturnValue

from app.services.publishing import Doing
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
    publisher = current_app.extensions.get("publisher")
    doing = publisher.doing if publisher is not None else Doing()
    return answer(
        {
            "enabled": publisher is not None,
            "connected": doing.connected,
            "trouble": None if doing.trouble is None else sentence(doing.trouble),
            "published": doing.published,
        }
    )
