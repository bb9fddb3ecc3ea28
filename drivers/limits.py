"""May this value be written at all? Decided before anything goes on the wire."""

from __future__ import annotations

import math

from drivers.decode import is_number
from drivers.errors import OutOfRange
from drivers.model import Sensor, Write


def check(sensor: Sensor, value: float | int | str) -> None:
    """Raises OutOfRange, naming the limit, unless the catalogue allows this value for this sensor.

    `value` is a number in the sensor's unit, or a state's code or word.
    """
    write = sensor.write
    if write is None:
        raise OutOfRange("%(sensor)s cannot be written", sensor=sensor.id)
    if sensor.states:
        _check_state(sensor, write, value)
    else:
        _check_number(sensor, write, value)


def _check_state(sensor: Sensor, write: Write, value: float | int | str) -> None:
    codes = write.states if write.states is not None else tuple(sensor.states)
    words = [sensor.states[code] for code in codes]
    if isinstance(value, bool) or not (value in codes or value in words):
        raise OutOfRange(
            "%(sensor)s: %(value)s is not one of %(words)s", sensor=sensor.id, value=str(value), words=", ".join(words)
        )


def _check_number(sensor: Sensor, write: Write, value: float | int | str) -> None:
    if not is_number(value):
        raise OutOfRange("%(sensor)s: %(value)s is not a number", sensor=sensor.id, value=str(value))
    if value == write.neutral:
        return  # "nothing supplied" may lie outside the limits of what is supplied
    if write.minimum is not None and value < write.minimum:
        raise OutOfRange(
            "%(sensor)s: %(value)s is below the minimum %(limit)s", sensor=sensor.id, value=value, limit=write.minimum
        )
    if write.maximum is not None and value > write.maximum:
        raise OutOfRange(
            "%(sensor)s: %(value)s is above the maximum %(limit)s", sensor=sensor.id, value=value, limit=write.maximum
        )
    for step in (write.step, None if sensor.type in ("float32", "number") else sensor.scale):
        if step is not None and abs(math.remainder(value, step)) > step * 1e-6:
            raise OutOfRange(
                "%(sensor)s: %(value)s is not a multiple of %(step)s", sensor=sensor.id, value=value, step=step
            )
