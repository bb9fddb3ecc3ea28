"""From a setting and a value to a command of Viessmann's cloud, held against what the machine allows just now. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from drivers.decode import is_number
from drivers.errors import OutOfRange, Refused
from drivers.sensor import Sensor
from drivers.viessmann_features import place_of


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    content: Mapping[str, Any]


def command_for(sensor: Sensor, text: str, feature: Mapping[str, Any]) -> Command:
    """The command that sets this value, given as it travels. Raises OutOfRange or Refused, naming the limit."""
    name, parameter = _named(sensor, text)
    commands = feature.get("commands")
    offered = commands.get(name) if isinstance(commands, Mapping) else None
    if not isinstance(offered, Mapping):
        raise Refused(
            "%(sensor)s: this heat pump does not know the command %(command)s", sensor=sensor.id, command=name
        )
    if offered.get("isExecutable") is not True:
        raise Refused(
            "%(sensor)s: the heat pump does not take the command %(command)s just now", sensor=sensor.id, command=name
        )
    params = offered.get("params")
    params = params if isinstance(params, Mapping) else {}
    content: dict[str, Any] = {}
    if parameter:
        if parameter not in params:
            raise Refused(
                "%(sensor)s: the command %(command)s has no parameter %(parameter)s",
                sensor=sensor.id,
                command=name,
                parameter=parameter,
            )
        content[parameter] = _typed(sensor, text)
        _check(sensor, content[parameter], params[parameter])
    for other, wanted in params.items():
        if other not in content and isinstance(wanted, Mapping) and wanted.get("required"):
            content[other] = _as_it_is(sensor, name, other, feature)
    return Command(name, content)


def _named(sensor: Sensor, text: str) -> tuple[str, str]:
    """The command's name, and the parameter that carries the value; "" for a command that is the value itself."""
    write = sensor.write
    if write is None or not (write.command or text in write.commands):
        raise OutOfRange("%(sensor)s cannot be written", sensor=sensor.id)
    return (write.commands[text], "") if text in write.commands else (write.command, write.parameter)


def _typed(sensor: Sensor, text: str) -> Any:
    if sensor.type == "number":
        number = float(text)
        return int(number) if number == int(number) else number
    return {"true": True, "false": False}.get(text, text) if sensor.type == "switch" else text


def _as_it_is(sensor: Sensor, command: str, parameter: str, feature: Mapping[str, Any]) -> Any:
    """What a command also wants to be told stays as it is: slope and shift are only set together."""
    held = feature["properties"].get(parameter)
    if not isinstance(held, Mapping) or held.get("value") is None:
        raise Refused(
            "%(sensor)s: the command %(command)s also wants %(parameter)s, which the heat pump does not tell",
            sensor=sensor.id,
            command=command,
            parameter=parameter,
        )
    return held["value"]


def _check(sensor: Sensor, value: Any, param: Any) -> None:
    """Hold the value against the constraints of this answer: they differ from machine to machine and change."""
    constraints = param.get("constraints") if isinstance(param, Mapping) else None
    if not isinstance(constraints, Mapping):
        return
    allowed = constraints.get("enum")
    if isinstance(allowed, list) and value not in allowed:
        raise OutOfRange(
            "%(sensor)s: %(value)s is not one of %(words)s",
            sensor=sensor.id,
            value=_shown(sensor, value),
            words=", ".join(_shown(sensor, each) for each in allowed),
        )
    if not is_number(value):
        return
    lowest, highest, step = (constraints.get(name) for name in ("min", "max", "stepping"))
    if is_number(lowest) and value < lowest:
        raise OutOfRange(
            "%(sensor)s: %(value)s is below the minimum %(limit)s", sensor=sensor.id, value=value, limit=lowest
        )
    if is_number(highest) and value > highest:
        raise OutOfRange(
            "%(sensor)s: %(value)s is above the maximum %(limit)s", sensor=sensor.id, value=value, limit=highest
        )
    start = lowest if is_number(lowest) else 0
    if is_number(step) and step > 0 and abs(math.remainder(value - start, step)) > step * 1e-6:
        raise OutOfRange(
            "%(sensor)s: %(value)s is not a multiple of %(step)s", sensor=sensor.id, value=value, step=step
        )


def _shown(sensor: Sensor, code: Any) -> str:
    return sensor.states.get(code, str(code))


def feature_of(sensor: Sensor) -> str:
    return place_of(sensor).feature
