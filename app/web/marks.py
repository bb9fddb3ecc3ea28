"""Marks on charts in words."""

from __future__ import annotations

from flask_babel import gettext

from app.services.marks import Mark
from app.web import shown
from drivers.model import Model


def words(mark: Mark, model: Model | None) -> str:
    """Changed at the unit: target temperature 48 → 52 °C"""
    sensor = model.every_sensor.get(mark.sensor) if model is not None else None
    if sensor is None:
        name, old, new = mark.sensor, str(mark.old), str(mark.new)
    else:
        name, old, new = shown.title(sensor), shown.with_unit(sensor, mark.old), shown.with_unit(sensor, mark.new)
    facts = {"name": name, "old": old, "new": new}
    if mark.source == "setting":
        return str(gettext("Changed at the unit: %(name)s %(old)s → %(new)s", **facts))
    if not mark.certain:
        return str(gettext("Written, not confirmed: %(name)s %(old)s → %(new)s", **facts))
    return str(gettext("Written: %(name)s %(old)s → %(new)s", **facts))
