"""A simulated Vitocal in the words of Viessmann's cloud: features with properties, and commands with constraints."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from drivers.errors import OutOfRange
from drivers.sensor import Sensor
from drivers.simulators.readout import Readout
from drivers.viessmann_features import NOT_CONNECTED, UNITS, place_of
from drivers.wire import decoded

LIST_LENGTHS = {"day": 8, "week": 6, "month": 13, "year": 2}
AT_FIRST: Mapping[str, float | str] = {
    "temp_hot_water_target_2": 60,
    "hot_water_hysteresis": 5,
    "mode_hot_water": "efficient",
    "mode_circuit_{}": "hot_water_heating",
    "temp_room_normal_heating_circuit_{}": 21,
    "temp_room_reduced_heating_circuit_{}": 18,
    "temp_room_comfort_heating_circuit_{}": 23,
    "temp_flow_max_circuit_{}": 55,
    "temp_flow_min_circuit_{}": 20,
}
"""What an installer may have set; the rest of the settings follows from the house."""

OLDER = ("normal", "reduced", "comfort")
"""Programmes of machines before the E3 series, which this one is of."""

CONSTRAINTS = {"minimum": "min", "maximum": "max", "step": "stepping"}


class SimulatedVitocal:
    """`without` names features that this machine does not have; `deprecated` those that are to be removed."""

    def __init__(self, readout: Readout) -> None:
        self.readout = readout
        self.without = {
            f"heating.circuits.{part}.operating.programs.{name}"
            for name in OLDER
            for sensor in readout.sensors.values()
            for _, part in sensor.part
        }
        self.deprecated: dict[str, dict[str, str]] = {}
        self.changed_at: float | None = None
        """When the machine last told the cloud anything, in UTC seconds; None for just now."""
        for sensor in readout.sensors.values():
            template = re.sub("[0-9]$", "{}", sensor.id) if sensor.part else sensor.id
            if template in AT_FIRST:
                readout.write(sensor, AT_FIRST[template])

    def features(self) -> list[dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for sensor in self.readout.sensors.values():
            place = place_of(sensor)
            if place.feature not in self.without:
                self._add(found.setdefault(place.feature, self._empty(place.feature)), sensor)
        circuits = sorted({part for sensor in self.readout.sensors.values() for _, part in sensor.part})
        found["heating.circuits"] = self._empty("heating.circuits")
        found["heating.circuits"]["properties"]["enabled"] = {"type": "array", "value": circuits}
        return list(found.values())

    def command(self, feature: str, command: str, content: Mapping[str, Any]) -> str | None:
        """Carry it out; why not, or None. One command may set several settings."""
        offered: dict[str, Any] = {}
        for each in self.features():
            if each["feature"] == feature:
                offered = each["commands"]
        if command not in offered:
            return "COMMAND_NOT_FOUND"
        if set(content) != set(offered[command]["params"]):
            return "VALIDATION_ERROR"
        try:
            for sensor in self._set_by(feature, command):
                write = sensor.write
                assert write is not None
                if command in write.commands.values():
                    text = next(text for text, name in write.commands.items() if name == command)
                else:
                    text = _text(content[write.parameter])
                value = decoded(sensor, text)
                if value is None:
                    return "VALIDATION_ERROR"
                self.readout.write(sensor, value)
        except OutOfRange:
            return "VALIDATION_ERROR"
        return None

    def _set_by(self, feature: str, command: str) -> list[Sensor]:
        return [
            sensor
            for sensor in self.readout.sensors.values()
            if place_of(sensor).feature == feature
            and sensor.write is not None
            and command in (sensor.write.command, *sensor.write.commands.values())
        ]

    def _empty(self, feature: str) -> dict[str, Any]:
        at = self.readout.plant.at if self.changed_at is None else self.changed_at
        moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        made = {
            "apiVersion": 1,
            "feature": feature,
            "isEnabled": True,
            "isReady": True,
            "timestamp": moment,
            "properties": {},
            "commands": {},
        }
        return made | ({"deprecated": self.deprecated[feature]} if feature in self.deprecated else {})

    def _add(self, feature: dict[str, Any], sensor: Sensor) -> None:
        place, raw = place_of(sensor), self.readout.raw(sensor)
        if raw == "" and place.name == "entries":
            raw = "[]"  # a machine without an error says so
        properties = feature["properties"]
        measured = ".sensors." in place.feature
        if raw == "":
            if measured:
                properties["status"] = {"type": "string", "value": NOT_CONNECTED}
        else:
            if measured:
                properties["status"] = {"type": "string", "value": "connected"}
            properties[place.name] = _property(sensor, str(raw), place.index, properties.get(place.name))
        self._add_commands(feature["commands"], sensor)

    def _add_commands(self, commands: dict[str, Any], sensor: Sensor) -> None:
        write = sensor.write
        if write is None:
            return
        for name in write.commands.values():
            commands[name] = {"name": name, "isExecutable": True, "params": {}}
        if write.command:
            made = commands.setdefault(write.command, {"name": write.command, "isExecutable": True, "params": {}})
            made["params"][write.parameter] = _parameter(sensor)


def _parameter(sensor: Sensor) -> dict[str, Any]:
    write = sensor.write
    assert write is not None
    if sensor.states:
        codes = list(write.states if write.states is not None else sensor.states)
        return {"type": "string", "required": True, "constraints": {"enum": codes}}
    limits = {theirs: getattr(write, ours) for ours, theirs in CONSTRAINTS.items()}
    kept = {name: limit for name, limit in limits.items() if limit is not None}
    return {"type": "number", "required": True, "constraints": kept}


def _property(sensor: Sensor, text: str, index: int | None, before: dict[str, Any] | None) -> dict[str, Any]:
    value = _value(sensor, text)
    if index is not None:
        place = place_of(sensor)
        values = before["value"] if before else [0] * LIST_LENGTHS.get(place.name, index + 1)
        values[index] = value
        value = values
    kinds = {bool: "boolean", str: "string", list: "array"}
    made = {"type": kinds.get(type(value), "number"), "value": value}
    if sensor.type == "number":
        unit = next(iter(UNITS.get(sensor.unit, {"": ""})))
        made["unit"] = {"kilowatthour": "kilowattHour", "revolutionspersecond": "revolutionsPerSecond"}.get(unit, unit)
    return made


def _value(sensor: Sensor, text: str) -> Any:
    if sensor.type == "number":
        number = round(float(text), 1)
        return int(number) if number == int(number) else number
    if text.startswith("["):
        return json.loads(text)
    return {"true": True, "false": False}.get(text, text) if sensor.type == "switch" else text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
