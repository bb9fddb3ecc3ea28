"""Whether what a machine sent is a value at all: decoded, and held against what is plausible."""

from __future__ import annotations

from collections.abc import Sequence

from drivers.base import Value
from drivers.errors import BadAnswer, DriverError
from drivers.sensor import Sensor
from drivers.wire import decoded


def judged(sensor: Sensor, raw: Sequence[int] | str) -> tuple[Value, DriverError | None]:
    """The value, or None and the reason why these registers (or this text) are none."""
    try:
        value = decoded(sensor, raw)
    except BadAnswer as failure:
        return None, failure
    too_low = isinstance(value, int | float) and sensor.minimum is not None and value < sensor.minimum
    too_high = isinstance(value, int | float) and sensor.maximum is not None and value > sensor.maximum
    if too_low or too_high:
        return None, BadAnswer("%(sensor)s: %(value)s is implausible", sensor=sensor.id, value=value)
    return value, None
