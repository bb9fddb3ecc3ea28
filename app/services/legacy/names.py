"""The older program's names of sensors, and its numbers where we have words."""

from __future__ import annotations

import math
import re

from app import metric
from drivers.model import Model
from drivers.sensor import Sensor

_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_BARE = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(\{\s*\})?\s*")


class Names:
    """One model's sensors by the names that the older program gave them (`formerly` in the catalogue)."""

    def __init__(self, model: Model) -> None:
        self._sensors = {sensor.formerly or sensor.id: sensor for sensor in model.registers.values()}

    def sensor(self, name: object) -> Sensor | None:
        """With or without the prefix of its metrics."""
        return self._sensors.get(str(name).strip().removeprefix(metric.PREFIX))

    def queried(self, query: str) -> Sensor | None:
        """What a chart's query asks for; None for an unknown name, and for one that computes something."""
        bare = _BARE.fullmatch(query)
        return None if bare is None else self.sensor(bare.group(1))

    def mentioned(self, query: str) -> list[str]:
        """Our ids of those that a query computes with."""
        found = [self.sensor(name) for name in _METRIC.findall(query)]
        return [sensor.id for sensor in found if sensor is not None]


def number_of(value: object) -> float | None:
    """A number, also one that was kept as a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def word_of(sensor: Sensor, value: object) -> str | None:
    """The word for a code of the older program; a word of ours stays one."""
    if isinstance(value, str) and value in sensor.states.values():
        return value
    number = number_of(value)
    return sensor.states.get(round(number)) if number is not None and number == round(number) else None
