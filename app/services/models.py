"""The models of the catalogue as an owner meets them: by manufacturer, and the one of a heat pump."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from app.messages import NotFound
from app.store.heatpumps import HeatPump
from app.system import System
from drivers.errors import BadCatalogue
from drivers.meters.source import METER_SENSORS
from drivers.model import Model


@dataclass(frozen=True, slots=True)
class Manufacturer:
    """A maker and its models, both in the order of their titles."""

    id: str
    title: str
    models: tuple[Model, ...]


def manufacturers(system: System) -> list[Manufacturer]:
    """Raises BadCatalogue when a file of the catalogue breaks a rule."""
    by_maker: dict[tuple[str, str], list[Model]] = {}
    for model in sorted(system.catalogue, key=lambda each: each.title.lower()):
        by_maker.setdefault((model.manufacturer, model.manufacturer_title), []).append(model)
    return [
        Manufacturer(maker, title, tuple(models))
        for (maker, title), models in sorted(by_maker.items(), key=lambda item: item[0][1].lower())
    ]


def get(system: System, manufacturer: str, model: str) -> Model:
    """Raises NotFound, or BadCatalogue for a broken file."""
    found = system.catalogue.find(manufacturer, model)
    if found is None:
        raise NotFound("%(model)s is not in the catalogue", model=f"{manufacturer}/{model}")
    return found


def of(system: System, pump: HeatPump) -> Model | None:
    """The model of a stored heat pump, with the sensors that the owner's own meters feed or fed.

    None when its catalogue file is gone or broken.
    """
    try:
        model = system.catalogue.find(pump.manufacturer, pump.model)
    except BadCatalogue:
        return None
    known = METER_SENSORS & {*system.latest.of(pump.id), *system.meters.delivers(pump.id)}
    return model if model is None or not known else with_meters(system, model, known)


def with_meters(system: System, model: Model, sensor_ids: Collection[str] = METER_SENSORS) -> Model:
    """The model as if it had these sensors itself."""
    more = {name: sensor for name, sensor in system.meters.sensors.items() if name in sensor_ids}
    return replace(model, every_sensor={**model.every_sensor, **more})
