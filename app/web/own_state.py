"""The page of the system: how the product itself is doing."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.services import heatpumps, models, own_state
from app.web import bytes_said, shown
from app.web.access import owner_only
from app.web.alert_words import duration
from app.web.parts import system
from app.web.settings_hub import how_mqtt_goes

pages = Blueprint("own_state", __name__, url_prefix="/system")


@pages.get("/")
@owner_only
def page() -> ResponseReturnValue:
    state = own_state.of(system())
    return render_template(
        "own_state/page.html",
        state=state,
        said=bytes_said.said,
        duration=duration,
        register=_register,
        mqtt=how_mqtt_goes() if system().config.mqtt else None,
    )


def _register(written: own_state.Written) -> str:
    """The title of a register in the reader's language."""
    model = models.of(system(), heatpumps.get(system(), written.heatpump_id))
    sensor = None if model is None else model.every_sensor.get(written.sensor)
    return written.sensor if sensor is None else shown.title(sensor)
