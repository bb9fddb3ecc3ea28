"""What Home Assistant is told about a heat pump and each of its sensors (MQTT discovery). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.mqtt.topics import Topics
from app.store.heatpumps import HeatPump
from app.version import __version__
from drivers.model import Model
from drivers.sensor import Sensor

CLASSES = {
    "°C": "temperature",
    "kW": "power",
    "W": "power",
    "kWh": "energy",
    "Wh": "energy",
    "bar": "pressure",
    "Hz": "frequency",
    "A": "current",
    "V": "voltage",
    "h": "duration",
    "min": "duration",
    "s": "duration",
    "d": "duration",
    "m³/h": "volume_flow_rate",
}
"""Unit → device class, where Home Assistant knows the unit in that class (its list of sensor device classes). A
difference in K is no temperature there: it would be converted as one."""

ONE = "{{ value_json['%s'] }}"
SWITCH = "{%% set v = value_json['%s'] %%}{{ 'None' if v is none else 'ON' if v else 'OFF' }}"
"""`None` is Home Assistant's word for unknown."""


def configs(
    topics: Topics, pump: HeatPump, model: Model, sensors: Iterable[tuple[Sensor, float]], language: str
) -> dict[str, dict[str, Any]]:
    """topic → its description, for each sensor with the seconds after which its value no longer holds."""
    found = {}
    for sensor, holds_s in sensors:
        component = "binary_sensor" if sensor.kind == "switch" and not sensor.states else "sensor"
        own = _own(sensor) if component == "sensor" else {"value_template": SWITCH % sensor.id}
        common = basis(topics, pump, model, sensor, language)
        found[topics.config(component, pump.id, sensor.id)] = {**common, "expire_after": round(holds_s), **own}
    return found


def basis(topics: Topics, pump: HeatPump, model: Model, sensor: Sensor, language: str) -> dict[str, Any]:
    """What every description of this sensor says, whatever it is described as."""
    return {
        "name": sensor.title[language],
        "unique_id": f"{topics.mark(pump.id)}_{sensor.id}",
        "object_id": f"{topics.mark(pump.id)}_{sensor.id}",
        "state_topic": topics.state(pump.id),
        "availability": [{"topic": topics.status}, {"topic": topics.availability(pump.id)}],
        "availability_mode": "all",
        "device": _described(topics, pump, model),
        "origin": {"name": "heat-pump monitor", "sw_version": __version__},
    }


def _own(sensor: Sensor) -> Mapping[str, Any]:
    own: dict[str, Any] = {"value_template": ONE % sensor.id}
    if sensor.states:
        return own | {"device_class": "enum", "options": sorted(set(sensor.states.values()))}
    if sensor.tells_words:
        return own
    if sensor.unit:
        own["unit_of_measurement"] = sensor.unit
    if sensor.unit in CLASSES:
        own["device_class"] = CLASSES[sensor.unit]
    own["state_class"] = "total_increasing" if sensor.kind == "counter" else "measurement"
    if own.get("device_class") == "energy" and sensor.kind != "counter":
        own["state_class"] = "total"  # Home Assistant takes no energy as a measurement
    return own


def _described(topics: Topics, pump: HeatPump, model: Model) -> dict[str, Any]:
    return {
        "identifiers": [topics.mark(pump.id)],
        "name": pump.name,
        "manufacturer": model.manufacturer,
        "model": model.id,
    }
