"""What a machine's own list of registers tells about it: which sensors it has, which it lacks, what we do not know."""

from __future__ import annotations

from dataclasses import dataclass

from app.messages import Invalid
from app.services import heatpumps, models
from app.system import System
from drivers.model import Model
from drivers.register_list import Listed, NoRegisterList, RegisterList, parse
from drivers.sensor import LACKS, Sensor


@dataclass(frozen=True, slots=True)
class Comparison:
    """Sensors of the catalogue that the list names and that it does not name; registers that the catalogue has not.

    `other_size` are named, but with another number of words than the catalogue says: they count as lacking, because
    what would be read is not what is meant. `other_factor` are read as the catalogue says.
    """

    present: tuple[Sensor, ...]
    lacking: tuple[Sensor, ...]
    other_size: tuple[Sensor, ...]
    other_factor: tuple[Sensor, ...]
    unknown: tuple[Listed, ...]
    unreadable: int


def compare(model: Model, given: RegisterList) -> Comparison:
    """Registers alone; a derived sensor is lacking with what it follows from."""
    registers = [sensor for sensor in model.every_sensor.values() if sensor.derived is None]
    found = {sensor.id: _places(sensor, given) for sensor in registers}
    other_size = [sensor for sensor in registers if found[sensor.id] and not _fitting(sensor, found[sensor.id])]
    present = [sensor for sensor in registers if _fitting(sensor, found[sensor.id])]
    other_factor = [sensor for sensor in present if not _same_factor(sensor, found[sensor.id])]
    ids = {sensor.id for sensor in present}
    lacking = [sensor for sensor in model.every_sensor.values() if not _there(sensor, ids, model)]
    known = {(place.table, place.at) for sensor in registers for place in _own_places(sensor)}
    unknown = [listed for place, listed in sorted(given.registers.items()) if place not in known]
    return Comparison(
        tuple(present), tuple(lacking), tuple(other_size), tuple(other_factor), tuple(unknown), given.unreadable
    )


def keep(system: System, heatpump_id: str, content: bytes) -> Comparison:
    """From now on this heat pump is not asked for what its list does not name. Raises NotFound or Invalid."""
    model = model_with_list(system, heatpump_id)
    try:
        given = parse(content)
    except NoRegisterList as error:
        raise Invalid("file", str(error)) from error
    comparison = compare(model, given)
    if not comparison.present:
        raise Invalid("file", "the list names none of the registers that we know of such a heat pump")
    heatpumps.change(system, heatpump_id, {"device_config": {LACKS: [sensor.id for sensor in comparison.lacking]}})
    return comparison


def forget(system: System, heatpump_id: str) -> None:
    """Ask for everything again, and find out by asking. Raises NotFound or Invalid."""
    model_with_list(system, heatpump_id)
    heatpumps.change(system, heatpump_id, {"device_config": {LACKS: []}})


def lacking(system: System, heatpump_id: str) -> list[Sensor]:
    """The sensors that the kept list does not name. Raises NotFound or Invalid."""
    model = model_with_list(system, heatpump_id)
    kept = heatpumps.get(system, heatpump_id).settings.get(LACKS, ())
    return [model.every_sensor[name] for name in kept if name in model.every_sensor]


def model_with_list(system: System, heatpump_id: str) -> Model:
    """The model of this heat pump. Raises NotFound, and Invalid for one whose machines export no list."""
    pump = heatpumps.get(system, heatpump_id)
    model = models.get(system, pump.manufacturer, pump.model)
    if model.register_list is None:
        raise Invalid("file", "a %(model)s exports no list of registers", model=model.title)
    return model


def _own_places(sensor: Sensor) -> list[Sensor]:
    return [sensor, *([sensor.elsewhere] if sensor.elsewhere is not None else [])]


def _places(sensor: Sensor, given: RegisterList) -> list[tuple[Sensor, Listed]]:
    """Where the list names this sensor."""
    places = [(place, given.registers.get((place.table, place.at))) for place in _own_places(sensor)]
    return [(place, listed) for place, listed in places if listed is not None]


def _fitting(sensor: Sensor, places: list[tuple[Sensor, Listed]]) -> bool:
    return any(place.words == listed.words for place, listed in places)


def _same_factor(sensor: Sensor, places: list[tuple[Sensor, Listed]]) -> bool:
    """Scales that only change the unit, such as W to kW or l/min to l/h, are the same factor."""
    return any(
        abs(place.scale * listed.factor - step) < 1e-9 for place, listed in places for step in (1, 0.001, 60, 1000)
    )


def _there(sensor: Sensor, present: set[str], model: Model) -> bool:
    if sensor.derived is None:
        return sensor.id in present
    needed = set(sensor.derived.inputs) - sensor.derived.may_be_absent
    return all(_there(model.every_sensor[name], present, model) for name in needed)
