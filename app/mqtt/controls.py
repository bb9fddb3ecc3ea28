"""Settings as Home Assistant offers them: number, select or switch; and what a command's content means. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.mqtt.discovery import CLASSES, basis
from app.mqtt.topics import Topics
from app.store.heatpumps import HeatPump
from drivers.model import Model
from drivers.sensor import Sensor

KNOWN = "{{ value_json['%s'] | default(None) }}"
ONE_OF = "{%% set v = value_json['%s'] | default(None) %%}{{ v if v in %s else 'None' }}"
ON_OFF = "{%% set v = value_json['%s'] | default(None) %%}{{ 'None' if v is none else 'ON' if v else 'OFF' }}"
"""`None` is Home Assistant's word for unknown: it never shows a wish as a state."""

SPANS = {
    "uint8": (0, 255), "int8": (-128, 127), "uint16": (0, 65_535), "int16": (-32_768, 32_767),
    "uint32": (0, 4_294_967_295), "int32": (-2_147_483_648, 2_147_483_647),
}  # fmt: skip
"""What the types of registers hold: Home Assistant wants limits also where the catalogue knows none."""
WIDEST = (-1_000_000, 1_000_000)

SMALLEST_STEP = 0.001
"""Home Assistant takes none below."""
STEP_OF_FLOATS = 0.1

LONGEST = 100
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?([eE][+-]?\d{1,2})?", re.ASCII)
_SWITCHED = {"on": 1, "off": 0, "true": 1, "false": 0}


def configs(
    topics: Topics, pump: HeatPump, model: Model, settings: Iterable[Sensor], language: str
) -> dict[str, dict[str, Any]]:
    """topic → its description, for each setting that may be written."""
    found = {}
    for sensor in settings:
        component, own = offered_as(sensor)
        found[topics.config(component, pump.id, sensor.id)] = {
            **basis(topics, pump, model, sensor, language),
            "command_topic": topics.command(pump.id, sensor.id),
            "retain": False,
            "optimistic": False,
            "entity_category": "config",
            **own,
        }
    return found


def wanted(sensor: Sensor | None, content: bytes) -> float | int | str:
    """The value that a command asks for. What cannot be understood stays a text, to be denied as what it says."""
    text = content[: 4 * LONGEST].decode("utf-8", "replace").strip()[:LONGEST]
    if sensor is not None and sensor.states:
        return text
    if sensor is not None and sensor.kind == "switch" and text.lower() in _SWITCHED:
        return _SWITCHED[text.lower()]
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if re.search("[.eE]", text) else int(text)


def offered_as(sensor: Sensor) -> tuple[str, Mapping[str, Any]]:
    if sensor.states:
        words = _words(sensor)
        return "select", {"options": words, "value_template": ONE_OF % (sensor.id, words)}
    if sensor.kind == "switch":
        return "switch", {"payload_on": "ON", "payload_off": "OFF", "value_template": ON_OFF % sensor.id}
    least, most = limits(sensor)
    own: dict[str, Any] = {"min": least, "max": most, "step": step(sensor), "mode": "box"}
    if sensor.unit:
        own["unit_of_measurement"] = sensor.unit
    if sensor.unit in CLASSES:
        own["device_class"] = CLASSES[sensor.unit]
    return "number", own | {"value_template": KNOWN % sensor.id}


def limits(sensor: Sensor) -> tuple[float, float]:
    """The catalogue's limits and the value that ends a held one; where it has none, what the register can hold."""
    write = sensor.write
    assert write is not None
    least, most = (round(each * sensor.scale, 6) for each in SPANS.get(sensor.type, WIDEST))
    least = least if write.minimum is None else write.minimum
    most = most if write.maximum is None else write.maximum
    if write.neutral is None:
        return least, most
    return min(least, write.neutral), max(most, write.neutral)


def step(sensor: Sensor) -> float:
    if sensor.write is not None and sensor.write.step is not None:
        own = sensor.write.step
    else:
        own = STEP_OF_FLOATS if sensor.type in ("float32", "number") else sensor.scale
    return max(SMALLEST_STEP, own)


def _words(sensor: Sensor) -> list[str]:
    """The states that may be sent, each once."""
    write = sensor.write
    codes = sensor.states if write is None or write.states is None else write.states
    return list(dict.fromkeys(sensor.states[code] for code in codes))
